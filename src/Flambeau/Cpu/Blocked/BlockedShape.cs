namespace Flambeau.Cpu;

/// <summary>What happens to a result before it is stored.</summary>
internal enum Epilogue
{
    None,
    Relu,
    Relu6,
    Hardswish,
}

/// <summary>
/// A convolution over two axes in blocked order: x [N, ⌈Cin / B⌉, H, W, B], y [N, ⌈Cout / B⌉, OutH, OutW, B], B channels side by side.
/// Lanes beyond the last channel of x are not read, those of y come out as if their weights were zero.
/// </summary>
internal struct BlockedShape
{
    public long N, Cin, Cout, H, W, OutH, OutW, KernelH, KernelW, StrideH, StrideW, PadH, PadW, DilationH, DilationW;
    public int Block;

    public readonly long InBlocks => (Cin + Block - 1) / Block;
    public readonly long OutBlocks => (Cout + Block - 1) / Block;
    public readonly long Taps => KernelH * KernelW;

    /// <summary>Rows and columns that some tap of some output reads, from the low padding on.</summary>
    public readonly long ReachH => (OutH - 1) * StrideH + (KernelH - 1) * DilationH + 1;
    public readonly long ReachW => (OutW - 1) * StrideW + (KernelW - 1) * DilationW + 1;

    /// <summary>Whether no tap reads padding.</summary>
    public readonly bool Inside => PadH == 0 && PadW == 0 && ReachH <= H && ReachW <= W;
}
