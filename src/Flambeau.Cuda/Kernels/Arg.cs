namespace Flambeau.Cuda.Kernels;

/// <summary>A parameter of a kernel: a 64-bit integer, a double, or a tensor's address in a slot of 16 bytes (0 for none).</summary>
internal readonly struct Arg
{
    readonly long bits;
    readonly bool isSlot;

    Arg(long bits, bool isSlot) => (this.bits, this.isSlot) = (bits, isSlot);

    public static implicit operator Arg(long v) => new(v, false);
    public static implicit operator Arg(bool v) => new(v ? 1 : 0, false);
    public static implicit operator Arg(double v) => new(BitConverter.DoubleToInt64Bits(v), false);
    public static implicit operator Arg(Tensor? t) => new(t is null ? 0 : CudaBackend.Address(t), true);

    /// <summary>An address that is no tensor's.</summary>
    internal static Arg Pointer(nint p) => new(p, true);

    /// <summary>Writes parameters as the kernel's struct has them; gives back how many bytes.</summary>
    internal static unsafe int Write(ReadOnlySpan<Arg> args, byte* to)
    {
        var at = 0;
        foreach (var a in args)
        {
            if (a.isSlot)
            {
                at = (at + 15) & ~15;
                *(long*)(to + at + 8) = 0;
            }
            *(long*)(to + at) = a.bits;
            at += a.isSlot ? 16 : 8;
        }
        return at;
    }
}
