using Flambeau.Cuda.Kernels;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    static int CellCode(string cell) => cell switch { "lstm" => 0, "gru" => 1, "tanh" => 2, _ => 3 };

    /// <summary>Part <paramref name="t"/> of a tensor's first axis; null of none.</summary>
    static Arg Part(Tensor? x, long t) => x is null || x.Numel == 0 ? Kernels.Arg.Pointer(0) : Kernels.Arg.Pointer(Place(x, t));

    static nint Place(Tensor x, long t) => Address(x) + (nint)(t * (x.Numel / x.Layout.Sizes[0]) * x.DType.Size());

    internal override void RecurrentForward(string cell, int gates, Tensor x, Tensor h0, Tensor? c0, Tensor weight, Tensor? bias, Tensor h, Tensor c, Tensor kept, bool reverse)
    {
        long steps = h.Size(0), batch = h.Size(1), hidden = h.Size(2), rows = gates * hidden;
        var u = Make([batch, rows], h.DType);
        var types = $"T={T(h)};CELL={CellCode(cell)}";
        for (long s = 0; s < steps; s++)
        {
            long t = reverse ? steps - 1 - s : s, earlier = reverse ? t + 1 : t - 1;
            var before = s == 0 ? Address(h0) : Place(h, earlier);
            Product(h.DType, batch, rows, hidden, before, new(false, hidden, 0), Address(weight), new(true, hidden, 0), Address(u), false);
            Each("recurrent", "forward", types, batch * hidden, batch * hidden, hidden, Part(x, t), u, bias, Kernels.Arg.Pointer(before), s == 0 ? Part(c0, 0, whole: true) : Part(c, earlier), Part(h, t), Part(c, t), Part(kept, t), null, null, null, null, null);
        }
    }

    static Arg Part(Tensor? x, long t, bool whole) => whole ? x : Part(x, t);

    void Product(DType dtype, long rows, long columns, long inner, nint a, MatrixView aView, nint b, MatrixView bView, nint d, bool adds) =>
        (products ??= new(device)).Run(dtype, rows, columns, inner, 1, a, aView, b, bView, d, adds);

    internal override void RecurrentBackward(string cell, int gates, Tensor? dh, Tensor? dc, Tensor h0, Tensor? c0, Tensor weight, Tensor h, Tensor? c, Tensor? kept, Tensor dx, Tensor du, Tensor? carry, Tensor dh0, Tensor? dw, bool reverse)
    {
        long steps = h.Size(0), batch = h.Size(1), hidden = h.Size(2), rows = gates * hidden;
        var flow = Make([batch, hidden], h.DType);
        var types = $"T={T(h)};CELL={CellCode(cell)}";
        for (var s = steps - 1; s >= 0; s--)
        {
            long t = reverse ? steps - 1 - s : s, earlier = reverse ? t + 1 : t - 1;
            var last = s == steps - 1;
            if (!last) Product(h.DType, batch, hidden, rows, Place(du, reverse ? t - 1 : t + 1), new(false, rows, 0), Address(weight), new(false, hidden, 0), Address(flow), false);
            Each("recurrent", "backward", types, batch * hidden, batch * hidden, hidden, null, last ? null : flow, null, s == 0 ? h0 : Part(h, earlier), s == 0 ? c0 : Part(c, earlier), Part(h, t), Part(c, t), Part(kept, t),
                Part(dh, t), Part(dc, t), Part(dx, t), Part(du, t), carry);
        }
        var first = reverse ? steps - 1 : 0;
        Product(h.DType, batch, hidden, rows, Place(du, first), new(false, rows, 0), Address(weight), new(false, hidden, 0), Address(dh0), ReferenceEquals(dh0, carry));
        if (dw is null) return;
        Product(h.DType, rows, hidden, batch, Place(du, first), new(true, rows, 0), Address(h0), new(false, hidden, 0), Address(dw), false);
        if (steps > 1)
            Product(h.DType, rows, hidden, (steps - 1) * batch, Place(du, reverse ? 0 : 1), new(true, rows, 0), Place(h, reverse ? 1 : 0), new(false, hidden, 0), Address(dw), true);
    }
}
