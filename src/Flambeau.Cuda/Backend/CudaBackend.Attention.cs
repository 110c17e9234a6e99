using Flambeau.Cpu;
using Flambeau.Cuda.Kernels;
using Flambeau.Ops;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    /// <summary>Kernels for a width of heads: on tensor cores for half types whose rows begin at 16 bytes, else by plain arithmetic.</summary>
    readonly record struct AttentionPlan(bool Mma, string Types, int Width, int Side, int QuerySide, int Element)
    {
        internal string[] Files => Mma ? ["warp", "mma", "attention_mma"] : ["warp", "attention"];

        internal int Threads => Mma ? 128 : 256;

        /// <summary>Shared memory for so many tiles of rows and squares of scores.</summary>
        internal int Shared(int tiles, int queryTiles, int squares) => Mma ? (tiles * Side + queryTiles * QuerySide) * Width * 2
            : ((tiles + queryTiles) * Side * (Width + 1) + squares * Side * (Side + 1)) * Element;
    }

    static bool Rows16(Tensor t)
    {
        var s = t.Layout.Strides;
        return s[3] == 1 && s[0] % 8 == 0 && s[1] % 8 == 0 && s[2] % 8 == 0 && (Address(t) & 15) == 0;
    }

    /// <summary>Null where heads are too wide.</summary>
    static AttentionPlan? PlanAttention(Tensor q, Tensor v, bool masked)
    {
        long width = Math.Max(q.Size(3), v.Size(3));
        var mask = masked ? 1 : 0;
        if (q.DType is DType.BFloat16 or DType.Float16 && width <= 128 && q.Size(3) % 8 == 0 && v.Size(3) % 8 == 0)
        {
            var w = width <= 32 ? 32 : width <= 64 ? 64 : 128;
            var queries = w == 128 ? 32 : 64;
            return new(true, $"T={T(q)};BF16={(q.DType == DType.BFloat16 ? 1 : 0)};D={w};BQ={queries};MASK={mask}", w, 64, queries, 2);
        }
        var wide = q.DType == DType.Float64;
        if (width > (wide ? 128 : 256)) return null;
        var d = (int)(width + 15) / 16 * 16;
        var side = wide || d > 128 ? 32 : 64;
        return new(false, $"T={T(q)};A={(wide ? "f64" : "f32")};D={d};SIDE={side};MASK={mask}", d, side, side, wide ? 8 : 4);
    }

    /// <summary>Rows as the kernels want them: neighbours in a row side by side.</summary>
    static Tensor Heads(Tensor t, AttentionPlan plan) => (plan.Mma ? Rows16(t) : t.Layout.Strides[3] == 1 || t.Size(3) == 1) ? t : Cast.Contiguous(t);

    struct AttentionArgs
    {
        internal Tensor Q, K, V;
        internal Tensor? Mask, Y, Lse, DY, Delta, DQ, DK, DV;
        internal bool Causal;
        internal double Scale;
    }

    void LaunchAttention(string name, AttentionPlan plan, in AttentionArgs a, long tiles, int shared, long blocks = 0)
    {
        var start = stackalloc byte[Args.Capacity];
        var parameters = (byte*)(((nint)start + 15) & ~15);
        var args = new Args(parameters);
        long n = a.Q.Size(0), heads = a.Q.Size(1), pairs = n * heads;
        foreach (var v in (ReadOnlySpan<long>)[tiles, pairs, heads, a.Q.Size(2), a.K.Size(2), a.Q.Size(3), a.V.Size(3), a.Causal ? 1 : 0]) args.Put(v);
        args.Put(a.Scale);
        args.Put(0L);
        foreach (var t in (ReadOnlySpan<Tensor?>)[a.Q, a.K, a.V]) args.Put(t!.Layout.Strides.AsSpan(0, 3));
        ReadOnlySpan<long> none = [0, 0, 0, 0];
        args.Put(a.Mask is null ? none : a.Mask.Layout.Strides);
        foreach (var t in (ReadOnlySpan<Tensor?>)[a.Y, a.DY, a.DQ, a.DK, a.DV]) args.Put(t is null ? none[..3] : t.Layout.Strides.AsSpan(0, 3));
        foreach (var t in (ReadOnlySpan<Tensor?>)[a.Q, a.K, a.V, a.Mask, a.Y, a.Lse, a.DY, a.Delta, a.DQ, a.DK, a.DV]) args.Slot(t is null ? 0 : Address(t));
        var kernel = Template(string.Join('+', plan.Files), name, plan.Types);
        kernel.Allow(shared);
        kernel.Launch(parameters, checked((uint)(blocks > 0 ? blocks : tiles * pairs)), 1, 1, (uint)(blocks > 0 ? 128 : plan.Threads), 1, (uint)shared);
    }

    internal (Tensor, Tensor) Attention(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal, double scale)
    {
        AttentionRunner.Check(q, k, v, mask);
        if (q.Numel == 0 || k.Numel == 0 || v.Numel == 0 || PlanAttention(q, v, mask is not null) is not { } plan)
        {
            var r = AttentionRunner.Composite(q, k, v, mask, causal, scale);
            return (r[0], r[1]);
        }
        (q, k, v) = (Heads(q, plan), Heads(k, plan), Heads(v, plan));
        var y = AttentionRunner.Like(q, v.Size(3), q.DType);
        var lse = Make(q.Layout.Sizes.AsSpan(0, 3), q.DType == DType.Float64 ? DType.Float64 : DType.Float32);
        LaunchAttention("forward", plan, new() { Q = q, K = k, V = v, Mask = mask, Y = y, Lse = lse, Causal = causal, Scale = scale }, Tiles(q.Size(2), plan.Side), plan.Shared(3, 0, 1));
        return (y, lse);
    }

    static long Tiles(long n, int side) => (n + side - 1) / side;

    internal (Tensor, Tensor, Tensor) AttentionBackward(Tensor dy, Tensor q, Tensor k, Tensor v, Tensor? mask, Tensor y, Tensor lse, bool causal, double scale)
    {
        if (q.Numel == 0 || k.Numel == 0 || v.Numel == 0 || PlanAttention(q, v, mask is not null) is not { } plan)
        {
            var r = Recompute.Vjp(xs => AttentionRunner.Composite(xs[0]!, xs[1]!, xs[2]!, mask, causal, scale), [q, k, v], [dy, null]);
            return (r[0] ?? q.ZerosLike(), r[1] ?? k.ZerosLike(), r[2] ?? v.ZerosLike());
        }
        (q, k, v, y, dy) = (Heads(q, plan), Heads(k, plan), Heads(v, plan), Heads(y, plan), Heads(Cast.To(dy, q.DType), plan));
        lse = Cast.Contiguous(Cast.To(lse, q.DType == DType.Float64 ? DType.Float64 : DType.Float32));
        var a = new AttentionArgs
        {
            Q = q, K = k, V = v, Mask = mask, Y = y, Lse = lse, DY = dy, Delta = Make(lse.Layout.Sizes, lse.DType), Causal = causal, Scale = scale,
            DQ = AttentionRunner.Like(q, q.Size(3), q.DType), DK = AttentionRunner.Like(k, k.Size(3), k.DType), DV = AttentionRunner.Like(v, v.Size(3), v.DType),
        };
        var rows = plan.Mma ? 1024 / plan.Width : 4;
        LaunchAttention("dots", plan, a, 1, 0, (lse.Numel + rows - 1) / rows);
        LaunchAttention("gradient_keys", plan, a, Tiles(k.Size(2), plan.Side), plan.Shared(2, plan.Mma ? 4 : 2, 2));
        LaunchAttention("gradient_queries", plan, a, Tiles(q.Size(2), plan.Side), plan.Shared(plan.Mma ? 6 : 4, 0, 1));
        return (a.DQ, a.DK, a.DV);
    }
}
