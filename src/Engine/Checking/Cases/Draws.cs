using Engine.Backends;
using Engine.Tensors;

namespace Engine.Checking.Cases;

/// <summary>Random settings for generators.</summary>
internal static class Draws
{
    extension(Philox random)
    {
        /// <summary>A whole number, both ends included.</summary>
        public int Between(int low, int high) => low + random.NextInt(high - low + 1);

        /// <summary>One of several, each equally likely.</summary>
        public T OneOf<T>(params ReadOnlySpan<T> choices) => choices[random.NextInt(choices.Length)];

        /// <summary>Two numbers, each between the same ends.</summary>
        public Size2D Pair(int low, int high) => (random.Between(low, high), random.Between(low, high));

        /// <summary>True in one case of <paramref name="n"/>.</summary>
        public bool OneIn(int n) => random.NextInt(n) == 0;
    }
}
