namespace Engine.Tests.Checking.Wrong;

/// <summary>Every mistake in the suite.</summary>
internal static class Mistakes
{
    public static IReadOnlyList<Mistake> All { get; } =
    [
        .. WrongDense.All,
        .. WrongNeuron.All,
        .. WrongConvolution.All,
        .. WrongMaxPooling.All,
        .. WrongAveragePooling.All,
        .. WrongGlobalAveragePooling.All,
        .. WrongBatchNormalization.All,
        .. WrongDropout.All,
        .. WrongActivations.All,
        .. WrongSoftmax.All,
        .. WrongFlatten.All,
        .. WrongResidual.All,
        .. WrongParallel.All,
        .. WrongNetwork.All,
        .. WrongLosses.All,
        .. WrongState.All,
        .. WrongByLittle.All,
    ];
}
