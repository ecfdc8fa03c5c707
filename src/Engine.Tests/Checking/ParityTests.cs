using Engine.Checking;
using Engine.Layers;

namespace Engine.Tests.Checking;

/// <summary>
/// Every layer and loss in Float32, on every device, agrees with itself in Float64 in main memory: forward, ∂L/∂x and
/// every ∂L/∂θ, to a bound that follows from the function.
/// </summary>
/// <remarks>
/// A number that is worked out from inputs zᵢ (elements of x, of θ, of g) with a relative rounding error of at most
/// u = 2⁻²⁴ in each operation is off, to first order, by a sum of terms u·zᵢ·∂f/∂zᵢ, one per rounding on the way of each
/// input. With C = Σᵢ |zᵢ·∂f/∂zᵢ| + |f|, which Float64 tells by difference quotients, and K inputs, whose roundings add up
/// like a random walk, the bound is 4·√K·u·C. In a container what one layer hands to the next is an input too. For a matrix product C is twice |A|·|B|, the textbook's bound (Higham,
/// "Accuracy and Stability of Numerical Algorithms", section 3.5).
/// </remarks>
[TestFixtureSource(typeof(Generators), nameof(Generators.OnDevices))]
public sealed class ParityTests(CaseGenerator generator, Device device)
{
    private const double Roundoff = 1.0 / (1 << 24);

    // Differences of this relative size are far above Float64's rounding, and far below what bends a function.
    private const double Nudge = 1.0 / (1 << 20);

    [Test]
    public void Float32_agrees_with_Float64([Range(1, 4)] int seed)
    {
        GradientCase exact = generator.Small(new Philox((ulong)seed)), single = generator.Small(new Philox((ulong)seed));
        RoundInputs(exact);
        RoundInputs(single);
        Tensor v = SeedGradient(exact, new Philox((ulong)seed, 1));
        double[] expected = Everything(exact, v), actual = Everything(single.On(device, DType.Float32), v);
        (double[] scale, int inputs) = Conditioning(exact, v, expected);
        for (int i = 0; i < expected.Length; i++)
        {
            double bound = 4 * Math.Sqrt(inputs) * Roundoff * (scale[i] + Math.Abs(expected[i])), error = Math.Abs(actual[i] - expected[i]);
            if (!(error <= bound))
            {
                Assert.Fail($"{exact}, seed {seed}, number {i}: {actual[i]:R}, expected {expected[i]:R}; off by {error:E2}, allowed {bound:E2}.");
            }
        }
    }

    // Output, ∂x and every ∂θ, one after the other.
    private static double[] Everything(GradientCase subject, Tensor v, Action<Tensor>? onSignal = null)
    {
        subject.ZeroGradients();
        Pass pass = subject.NewPass(records: true, onSignal: onSignal);
        double[] output = subject.Forward(pass).AsSpan<double>().ToArray();
        return [.. output, .. subject.ReadGradients(subject.Backward(v.Clone(), pass)).SelectMany(g => g)];
    }

    // Σᵢ |zᵢ·∂f/∂zᵢ| for every number f, over everything that goes into it: each is moved by a millionth of itself.
    private static (double[] Scale, int Inputs) Conditioning(GradientCase subject, Tensor v, double[] here)
    {
        double[] scale = new double[here.Length];
        int count = 0;
        if (subject is LossCase { Target: { DType: DType.Int32 } labels })
        {
            // A label stands for a row with a 1 in it, from which the gradient subtracts: (p − 1)·v/N.
            scale.AsSpan(1).Fill(Math.Abs(v.Item()) / labels.ElementCount);
        }

        foreach (Tensor z in InputsOf(subject).Append(v))
        {
            for (int i = 0; i < z.ElementCount; i++)
            {
                double value = z.GetFlat(i);
                z.SetFlat(i, value * (1 + Nudge));
                Add(Everything(subject, v));
                z.SetFlat(i, value);
            }
        }

        List<int> sizes = [];
        Everything(subject, v, signal => sizes.Add(signal.ElementCount));
        for (int which = 0; which < sizes.Count; which++)
        {
            for (int i = 0; i < sizes[which]; i++)
            {
                int met = 0;
                Add(Everything(subject, v, signal =>
                {
                    if (met++ == which)
                    {
                        signal.SetFlat(i, signal.GetFlat(i) * (1 + Nudge));
                    }
                }));
            }
        }

        return (scale, count);

        void Add(double[] moved)
        {
            count++;
            for (int j = 0; j < here.Length; j++)
            {
                scale[j] += Math.Abs(moved[j] - here[j]) / Nudge;
            }
        }
    }

    private static IEnumerable<Tensor> InputsOf(GradientCase subject)
    {
        IEnumerable<Tensor> inputs = subject.Variables.Select(x => x.Value);
        return subject is LossCase { Target: { DType: DType.Float64 } target } ? inputs.Append(target) : inputs;
    }

    // Numbers that Float32 holds exactly, so that both begin from the same.
    private static void RoundInputs(GradientCase subject)
    {
        foreach (Tensor input in InputsOf(subject))
        {
            foreach (ref double value in input.AsSpan<double>())
            {
                value = (float)value;
            }
        }
    }

    private static Tensor SeedGradient(GradientCase subject, Philox random)
    {
        Tensor v = Tensor.Like(subject.Output());
        foreach (ref double value in v.AsSpan<double>())
        {
            value = (float)(random.NextDouble(0.5, 1.5) * (random.NextInt(2) == 0 ? 1 : -1));
        }

        return v;
    }
}
