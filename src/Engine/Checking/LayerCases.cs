using Engine.Checking.Cases;
using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;
using Parallel = Engine.Networks.Parallel;

namespace Engine.Checking;

/// <summary>How to make random cases for each type of layer. What is not registered here fails a test.</summary>
/// <remarks>
/// A layer of your own takes one line:
/// <code>LayerCases.Register&lt;MyLayer&gt;(random => new LayerCase(new MyLayer(3, 4, random), [5, 3], random));</code>
/// </remarks>
public static class LayerCases
{
    private static readonly CaseRegistry Registry = new();

    static LayerCases()
    {
        Register<Dense>(DenseCases.Small, DenseCases.Realistic);
        Register<Neuron>(NeuronCases.Small, NeuronCases.Realistic);
        Register<Conv2D>(ConvolutionCases.Small, ConvolutionCases.Realistic);
        Register<MaxPooling2D>(r => PoolingCases.Small(r, PoolingCases.Maximum), r => PoolingCases.Realistic(r, PoolingCases.Maximum));
        Register<AveragePooling2D>(r => PoolingCases.Small(r, PoolingCases.Average), r => PoolingCases.Realistic(r, PoolingCases.Average));
        Register<GlobalAveragePooling2D>(PoolingCases.SmallGlobal, PoolingCases.RealisticGlobal);
        Register<BatchNormalization>(BatchNormalizationCases.Small, BatchNormalizationCases.Realistic);
        Register<Dropout>(DropoutCases.Small, DropoutCases.Realistic);
        Register<Flatten>(ElementwiseCases.SmallFlatten, ElementwiseCases.RealisticFlatten);
        Register<ReLU>(r => ElementwiseCases.Small(new ReLU(), r), r => ElementwiseCases.Realistic(new ReLU(), r));
        Register<Logistic>(r => ElementwiseCases.Small(new Logistic(), r), r => ElementwiseCases.Realistic(new Logistic(), r));
        Register<Tanh>(r => ElementwiseCases.Small(new Tanh(), r), r => ElementwiseCases.Realistic(new Tanh(), r));
        Register<Softmax>(r => ElementwiseCases.Small(new Softmax(), r), r => ElementwiseCases.Realistic(new Softmax(), r));
        Register<Residual>(ResidualCases.Small, ResidualCases.Realistic);
        Register<Parallel>(ParallelCases.Small, ParallelCases.Realistic);
        Register<Network>(NetworkCases.Small, NetworkCases.Realistic);
    }

    /// <summary>The generators, in the order of registration.</summary>
    public static IReadOnlyList<CaseGenerator> All => Registry.All;

    /// <summary>Registers a type of layer, or gives it other generators.</summary>
    /// <param name="small">Makes a case with at most 200 elements in each tensor.</param>
    /// <param name="realistic">Makes a case of a size met in practice; a small one unless given.</param>
    /// <typeparam name="TLayer">The type of the layer.</typeparam>
    public static void Register<TLayer>(Func<Philox, LayerCase> small, Func<Philox, LayerCase>? realistic = null)
        where TLayer : Layer => Registry.Register(new CaseGenerator(typeof(TLayer), small, realistic ?? small));
}
