using Engine.Backends.Ladders;
using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(nameof(All))]
public sealed class LadderTests(string operation, Device device)
{
    // So small that the emulator is quick; large enough for several blocks of every rung.
    private const double Scale = 1.0 / 30;

    private static IEnumerable<TestFixtureData> All =>
        from device in Devices.Names
        from operation in KernelLadders.Operations(device)
        select Devices.Fixture(device, $"{operation}, {device}", operation);

    [Test]
    public void Every_rung_computes_what_the_first_does()
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

    [Test]
    public void A_ladder_says_what_it_computes_and_how_much()
    {
        KernelLadder ladder = KernelLadders.Create(operation, new LadderRequest(device, DType.Float32, Scale, new Philox(42)));
        Assert.That(ladder.Operation, Is.EqualTo(operation));
        Assert.That(ladder.Rungs, Has.Count.GreaterThan(1));
        Assert.That(ladder.Rungs.Select(rung => rung.Name), Is.Unique);
        Assert.That(ladder.Flops, operation is "Copy" or "Exp" ? Is.Zero : Is.Positive);
        Assert.That(ladder.Bytes, Is.GreaterThanOrEqualTo(ladder.Result.ElementCount * sizeof(float)));
    }
}
