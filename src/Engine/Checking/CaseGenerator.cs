using Engine.Tensors;

namespace Engine.Checking;

/// <summary>Makes random cases for one type of layer or loss.</summary>
/// <param name="Type">The type.</param>
/// <param name="Small">Cases small enough to check every element: at most 200 per tensor.</param>
/// <param name="Realistic">Cases of a size met in practice.</param>
public sealed record CaseGenerator(Type Type, Func<Philox, GradientCase> Small, Func<Philox, GradientCase> Realistic)
{
    /// <summary>The type's name.</summary>
    public string Subject => Type.Name;
}
