using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Elements of one tensor where a bool condition holds, else of another; all three broadcast.</summary>
[Op("_where(Tensor condition, Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct Choose
{
    internal Tensor Forward(Tensor condition, Tensor self, Tensor other)
    {
        if (condition.DType is not (DType.Bool or DType.UInt8))
            throw new ArgumentException($"where: the condition is {condition.DType.Name()}; expected bool. Compare first, for instance x.Ne(0).");
        var dtype = Promotion.ResultType(self, other);
        Tensor a = Cast.To(self, dtype), b = Cast.To(other, dtype);
        var y = Tensor.New(Pointwise.Broadcast(a, b, condition), dtype);
        if (y.Storage.Backend is { } device)
        {
            device.Select(y, condition, a, b);
            return y;
        }
        switch (dtype.Size())
        {
            case 1: StridedLoop.Run(new Loop<byte>(), y, condition, a, b); break;
            case 2: StridedLoop.Run(new Loop<ushort>(), y, condition, a, b); break;
            case 4: StridedLoop.Run(new Loop<uint>(), y, condition, a, b); break;
            case 8: StridedLoop.Run(new Loop<ulong>(), y, condition, a, b); break;
            default: StridedLoop.Run(new Loop<UInt128>(), y, condition, a, b); break;
        }
        return y;
    }

    readonly unsafe struct Loop<T> : IInnerLoop where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(byte** p, long* s, long n)
        {
            byte* y = p[0], c = p[1], a = p[2], b = p[3];
            long sy = s[0], sc = s[1], sa = s[2], sb = s[3], i = 0;
            if (sy == sizeof(T) && sc == 1 && (sa == 0 || sa == sizeof(T)) && (sb == 0 || sb == sizeof(T)) && Vector128.IsHardwareAccelerated)
            {
                if (typeof(T) == typeof(uint)) i = Words((uint*)y, c, (uint*)a, sa != 0, (uint*)b, sb != 0, n);
                if (typeof(T) == typeof(ulong)) i = DoubleWords((ulong*)y, c, (ulong*)a, sa != 0, (ulong*)b, sb != 0, n);
            }
            for (; i < n; i++) *(T*)(y + i * sy) = c[i * sc] != 0 ? *(T*)(a + i * sa) : *(T*)(b + i * sb);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static unsafe long Words(uint* y, byte* c, uint* a, bool manyA, uint* b, bool manyB, long n)
    {
        long i = 0;
        Vector256<uint> ra = Vector256.Create(*a), rb = Vector256.Create(*b);
        for (; i <= n - 8; i += 8)
        {
            var wide = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)(c + i)).AsByte());
            var zero = Vector256.Equals(Vector256.Create(Vector128.WidenLower(wide), Vector128.WidenUpper(wide)), Vector256<uint>.Zero);
            Vector256.ConditionalSelect(zero, manyB ? Vector256.Load(b + i) : rb, manyA ? Vector256.Load(a + i) : ra).Store(y + i);
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static unsafe long DoubleWords(ulong* y, byte* c, ulong* a, bool manyA, ulong* b, bool manyB, long n)
    {
        long i = 0;
        Vector256<ulong> ra = Vector256.Create(*a), rb = Vector256.Create(*b);
        for (; i <= n - 4; i += 4)
        {
            var wide = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)(c + i)).AsByte()));
            var zero = Vector256.Equals(Vector256.Create(Vector128.WidenLower(wide), Vector128.WidenUpper(wide)), Vector256<ulong>.Zero);
            Vector256.ConditionalSelect(zero, manyB ? Vector256.Load(b + i) : rb, manyA ? Vector256.Load(a + i) : ra).Store(y + i);
        }
        return i;
    }

    internal Tensor VjpSelf(Tensor condition, Tensor dy) => condition.Choose(dy, 0);

    internal Tensor VjpOther(Tensor condition, Tensor dy) => condition.Choose(0, dy);
}
