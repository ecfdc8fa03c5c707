using Engine.Backends.Cuda;
using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.Cuda))]
public sealed class LadderTests(Device device)
{
    // So small that the emulator is quick; large enough for several blocks of every rung.
    private const double Scale = 1.0 / 30;

    private static IEnumerable<string> Operations => KernelLadders.Operations;

    [TestCaseSource(nameof(Operations))]
    public void Every_rung_computes_what_the_first_does(string operation)
    {
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64])
        {
            KernelLadder ladder = KernelLadders.Create(operation, new LadderRequest(device, dtype, Scale, new Philox(41)));
            ladder.Rungs[0].Run();
            double[] expected = Of(ladder.Result);
            Assert.That(expected, Has.None.NaN);
            foreach (KernelRung rung in ladder.Rungs.Skip(1))
            {
                // What a rung leaves out shows as NaN.
                Filled(ladder.Result.Shape, dtype, double.NaN).To(device).CopyTo(ladder.Result);
                rung.Run();
                Assert.That(Of(ladder.Result), Is.EqualTo(expected).Within(ladder.ErrorBound), $"{rung.Name}, {ladder.Problem}");
            }
        }
    }

    [TestCaseSource(nameof(Operations))]
    public void A_ladder_says_what_it_computes_and_how_much(string operation)
    {
        KernelLadder ladder = KernelLadders.Create(operation, new LadderRequest(device, DType.Float32, Scale, new Philox(42)));
        Assert.That(ladder.Operation, Is.EqualTo(operation));
        Assert.That(ladder.Rungs, Has.Count.GreaterThan(1));
        Assert.That(ladder.Rungs.Select(rung => rung.Name), Is.Unique);
        Assert.That(ladder.Flops, Is.Positive);
        Assert.That(ladder.Bytes, Is.GreaterThanOrEqualTo(ladder.Result.ElementCount * sizeof(float)));
    }
}
