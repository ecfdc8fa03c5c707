#:project ../src/Engine/Engine.csproj

// Chapter 9: a layer of your own, and a checker that does not let you get it wrong.
//
//     dotnet run examples/09-own-layer.cs
//
// Swish is y = x·σ(x). The product rule and σ' = σ·(1 − σ) give dy/dx = σ(x) + x·σ(x)·(1 − σ(x)) = σ(x) + y·(1 − σ(x)).
// The second layer forgets the second term, as one does. Both train; only one is right.

using Engine.Backends;
using Engine.Checking;
using Engine.Layers;
using Engine.Tensors;

LayerCases.Register<Swish>(random => new LayerCase(new Swish(), [5, 3], random));
LayerCases.Register<HastySwish>(random => new LayerCase(new HastySwish(), [5, 3], random));

foreach (string name in (string[])["Swish", "HastySwish"])
{
    GradientReport report = GradientChecker.Run(name, seed: 1).Single();
    Console.WriteLine($"{name}: {(report.Passed ? "right" : "wrong")}");
    foreach (CheckFailure failure in report.Failures.Take(1))
    {
        Console.WriteLine($"  {failure}");
    }
}

/// <summary>y = x·σ(x) (Ramachandran, Zoph and Le, "Searching for activation functions", 2017).</summary>
internal sealed class Swish : ElementwiseLayer
{
    public override Tensor Forward(Tensor x, Pass pass)
    {
        Tensor s = Sigma(x);
        Tensor y = x * s;
        pass.Save(s);
        pass.Save(y);
        return y;
    }

    public override Tensor Backward(Tensor g, Pass pass)
    {
        Tensor y = pass.Restore(), s = pass.Restore();
        return g * (s + (y * (1 - s)));
    }

    // σ(x) = 1 / (1 + e⁻ˣ), in plain arithmetic.
    public static Tensor Sigma(Tensor x) => 1 / (1 + (-x).Exp());
}

internal sealed class HastySwish : ElementwiseLayer
{
    public override Tensor Forward(Tensor x, Pass pass)
    {
        Tensor s = Swish.Sigma(x);
        pass.Save(s);
        return x * s;
    }

    public override Tensor Backward(Tensor g, Pass pass) => g * pass.Restore();
}
