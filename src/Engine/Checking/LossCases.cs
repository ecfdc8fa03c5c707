using Engine.Checking.Cases;
using Engine.Losses;
using Engine.Tensors;

namespace Engine.Checking;

/// <summary>How to make random cases for each type of loss. What is not registered here fails a test.</summary>
public static class LossCases
{
    private static readonly CaseRegistry Registry = new();

    static LossCases()
    {
        Register<MeanSquaredError>(SquaredErrorCases.Small, SquaredErrorCases.Realistic);
        Register<CategoricalCrossEntropy>(CrossEntropyCases.Small, CrossEntropyCases.Realistic);
        Register<SparseCategoricalCrossEntropy>(CrossEntropyCases.SmallSparse, CrossEntropyCases.RealisticSparse);
        Register<BinaryCrossEntropy>(CrossEntropyCases.SmallBinary, CrossEntropyCases.RealisticBinary);
    }

    /// <summary>The generators, in the order of registration.</summary>
    public static IReadOnlyList<CaseGenerator> All => Registry.All;

    /// <summary>Registers a type of loss, or gives it other generators.</summary>
    /// <param name="small">Makes a case with at most 200 elements in the prediction.</param>
    /// <param name="realistic">Makes a case of a size met in practice; a small one unless given.</param>
    /// <typeparam name="TLoss">The type of the loss.</typeparam>
    public static void Register<TLoss>(Func<Philox, LossCase> small, Func<Philox, LossCase>? realistic = null)
        where TLoss : Loss => Registry.Register(new CaseGenerator(typeof(TLoss), small, realistic ?? small));
}
