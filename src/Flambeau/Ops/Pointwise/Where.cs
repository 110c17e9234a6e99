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
            if (typeof(T) == typeof(uint) && sy == 4 && sc == 1 && sa is 4 or 0 && sb is 4 or 0 && Vector256.IsHardwareAccelerated)
            {
                Vector256<uint> ra = Vector256.Create(*(uint*)a), rb = Vector256.Create(*(uint*)b);
                for (; i <= n - 16; i += 16)
                {
                    var wide = Vector256.WidenLower(Vector128.Load(c + i).ToVector256Unsafe());
                    Pick(Vector256.WidenLower(wide), i);
                    Pick(Vector256.WidenUpper(wide), i + 8);
                }

                [MethodImpl(MethodImplOptions.AggressiveInlining)]
                void Pick(Vector256<uint> condition, long at) => Vector256.ConditionalSelect(Vector256.Equals(condition, Vector256<uint>.Zero),
                    sb == 0 ? rb : Vector256.Load((uint*)b + at), sa == 0 ? ra : Vector256.Load((uint*)a + at)).Store((uint*)y + at);
            }
            for (; i < n; i++) *(T*)(y + i * sy) = c[i * sc] != 0 ? *(T*)(a + i * sa) : *(T*)(b + i * sb);
        }
    }

    internal Tensor VjpSelf(Tensor condition, Tensor dy) => condition.Choose(dy, 0);

    internal Tensor VjpOther(Tensor condition, Tensor dy) => condition.Choose(0, dy);
}
