namespace Engine.Data;

/// <summary>The form in which the targets of a batch are handed out.</summary>
public enum TargetFormat
{
    /// <summary>Labels as Int32 [B]; target values in the type of the inputs.</summary>
    AsStored,

    /// <summary>Labels as rows of zeros with a one at the label: [B, classes]. 3 of 10 → 0 0 0 1 0 0 0 0 0 0.</summary>
    OneHot,

    /// <summary>Labels as numbers: [B, 1]. What a binary cross-entropy wants.</summary>
    Number,
}
