namespace Flambeau.Compiler.Passes;

/// <summary>How to simplify.</summary>
public sealed record SimplifyOptions
{
    /// <summary>Whether parameters and buffers that the graph doesn't write are constants: their elements become part of the result.</summary>
    public bool Freeze { get; init; }

    /// <summary>Whether somebody takes gradients through the graph; otherwise detach goes.</summary>
    public bool KeepsGradients { get; init; } = true;

    /// <summary>Whether rules may apply that round differently, such as a normalisation that becomes part of a convolution's weights.</summary>
    public bool Rounds { get; init; } = true;

    /// <summary>Whether sums and activations become the ends of convolutions, besides what <see cref="Rounds"/> allows: only for devices with a kernel for that.</summary>
    internal bool EndsConvolutions { get; init; }

    /// <summary>Constants that are computed have at most so many elements, unless they are no larger than what they are computed from.</summary>
    public long MaxFolded { get; init; } = 1 << 16;

    /// <summary>Loops become straight code of at most so many nodes.</summary>
    public int MaxUnrolled { get; init; } = 256;

    /// <summary>Passes run again until nothing changes, at most so often.</summary>
    public int MaxRounds { get; init; } = 12;

    /// <summary>Whether the verifier runs after each pass.</summary>
    public bool Verify { get; init; } =
#if DEBUG
        true;
#else
        false;
#endif
}
