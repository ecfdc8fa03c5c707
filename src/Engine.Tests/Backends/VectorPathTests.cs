using System.Numerics;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Simd;

namespace Engine.Tests.Backends;

/// <summary>
/// build/test-paths.sh runs the suite once for each width of registers, the wider ones switched off in the runtime. A switch
/// misspelt would test the widest path again, and say that all is well.
/// </summary>
public sealed class VectorPathTests
{
    private const string Variable = "ENGINE_EXPECTED_VECTOR_BITS";

    private static int WidestBits => Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 0;

    [Test]
    public void The_registers_are_as_wide_as_the_run_was_asked_for()
    {
        string? expected = Environment.GetEnvironmentVariable(Variable);
        Assert.That($"{WidestBits}", Is.EqualTo(expected ?? $"{WidestBits}"), $"{Variable} asks for registers of {expected} bits");
    }

    [Test]
    public void Routines_run_on_the_widest_registers_that_there_are()
    {
        int floats = 0, doubles = 0;
        unsafe
        {
            Widest.Run<float, Lanes<float>>(new Lanes<float>(&floats));
            Widest.Run<double, Lanes<double>>(new Lanes<double>(&doubles));
        }

        Assert.That(floats, Is.EqualTo(Math.Max(1, WidestBits / 32)).And.EqualTo(Widest.Lanes<float>()));
        Assert.That(doubles, Is.EqualTo(Math.Max(1, WidestBits / 64)).And.EqualTo(Widest.Lanes<double>()));
    }

    private readonly unsafe struct Lanes<T>(int* lanes) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector> => *lanes = TSimd.Lanes;
    }
}
