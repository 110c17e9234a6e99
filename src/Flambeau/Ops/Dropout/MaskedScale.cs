using System.Numerics;
using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>x · scale where a byte is set, else x · 0: dropout forward and backward.</summary>
internal static unsafe class MaskedScale
{
    internal readonly struct Loop<E>(E scale) : IInnerLoop where E : unmanaged, INumber<E>
    {
        public void Run(byte** p, long* s, long n)
        {
            if (s[0] == sizeof(E) && s[1] == sizeof(E) && s[2] == 1)
            {
                MaskedScale.Run((E*)p[0], (E*)p[1], p[2], scale, n);
                return;
            }
            for (long i = 0; i < n; i++)
                *(E*)(p[0] + i * s[0]) = *(E*)(p[1] + i * s[1]) * (p[2][i * s[2]] != 0 ? scale : E.Zero);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<E>(E* y, E* x, byte* mask, E scale, long n) where E : unmanaged, INumber<E>
    {
        long i = 0;
        if (typeof(E) == typeof(float))
        {
            Vector<float> factor = new(float.CreateTruncating(scale));
            var width = Vector<float>.Count;
            for (; i <= n - 4 * width; i += 4 * width)
            {
                Vector.Widen(Vector.Load(mask + i), out var low, out var high);
                Vector.Widen(low, out var a, out var b);
                Vector.Widen(high, out var c, out var d);
                Store(a, 0);
                Store(b, width);
                Store(c, 2 * width);
                Store(d, 3 * width);

                [MethodImpl(MethodImplOptions.AggressiveInlining)]
                void Store(Vector<uint> flags, int at) =>
                    (Vector.Load((float*)x + i + at) * (Vector.ConvertToSingle(Vector.AsVectorInt32(flags)) * factor)).Store((float*)y + i + at);
            }
        }
        for (; i < n; i++) y[i] = x[i] * (mask[i] != 0 ? scale : E.Zero);
    }
}
