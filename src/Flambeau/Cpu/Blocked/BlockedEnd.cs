using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>The formulas of <see cref="Epilogue"/> on registers, as the ops of these names compute them.</summary>
internal static class BlockedEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Apply<V, S>(V x, Epilogue epilogue) where V : struct where S : struct, ISimd<float, V>
    {
        if (epilogue == Epilogue.None) return x;
        if (typeof(V) == typeof(Vector512<float>)) return (V)(object)Of((Vector512<float>)(object)x, epilogue);
        if (typeof(V) == typeof(Vector256<float>)) return (V)(object)Of((Vector256<float>)(object)x, epilogue);
        return (V)(object)Of((Vector128<float>)(object)x, epilogue);
    }

    /// <summary>The larger, not minding NaN, which <paramref name="nan"/> keeps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Max<V>(V x, V y, ref V nan) where V : struct
    {
        if (typeof(V) == typeof(Vector512<float>))
        {
            var (a, b) = ((Vector512<float>)(object)x, (Vector512<float>)(object)y);
            nan = (V)(object)((Vector512<float>)(object)nan | ~Vector512.Equals(b, b));
            return (V)(object)Vector512.MaxNative(a, b);
        }
        if (typeof(V) == typeof(Vector256<float>))
        {
            var (a, b) = ((Vector256<float>)(object)x, (Vector256<float>)(object)y);
            nan = (V)(object)((Vector256<float>)(object)nan | ~Vector256.Equals(b, b));
            return (V)(object)Vector256.MaxNative(a, b);
        }
        else
        {
            var (a, b) = ((Vector128<float>)(object)x, (Vector128<float>)(object)y);
            nan = (V)(object)((Vector128<float>)(object)nan | ~Vector128.Equals(b, b));
            return (V)(object)Vector128.MaxNative(a, b);
        }
    }

    /// <summary>The value, or NaN where the mask says so: all its bits are set there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V OrNaN<V>(V x, V nan) where V : struct
    {
        if (typeof(V) == typeof(Vector512<float>)) return (V)(object)((Vector512<float>)(object)x | (Vector512<float>)(object)nan);
        if (typeof(V) == typeof(Vector256<float>)) return (V)(object)((Vector256<float>)(object)x | (Vector256<float>)(object)nan);
        return (V)(object)((Vector128<float>)(object)x | (Vector128<float>)(object)nan);
    }

    // Max and Min of the runtime give NaN for NaN, as the ops do.
    static Vector512<float> Of(Vector512<float> x, Epilogue e) => e switch
    {
        Epilogue.Relu => Vector512.Max(x, Vector512<float>.Zero),
        Epilogue.Relu6 => Vector512.Min(Vector512.Max(x, Vector512<float>.Zero), Vector512.Create(6f)),
        _ => x * Vector512.Min(Vector512.Max(x + Vector512.Create(3f), Vector512<float>.Zero), Vector512.Create(6f)) / Vector512.Create(6f),
    };

    static Vector256<float> Of(Vector256<float> x, Epilogue e) => e switch
    {
        Epilogue.Relu => Vector256.Max(x, Vector256<float>.Zero),
        Epilogue.Relu6 => Vector256.Min(Vector256.Max(x, Vector256<float>.Zero), Vector256.Create(6f)),
        _ => x * Vector256.Min(Vector256.Max(x + Vector256.Create(3f), Vector256<float>.Zero), Vector256.Create(6f)) / Vector256.Create(6f),
    };

    static Vector128<float> Of(Vector128<float> x, Epilogue e) => e switch
    {
        Epilogue.Relu => Vector128.Max(x, Vector128<float>.Zero),
        Epilogue.Relu6 => Vector128.Min(Vector128.Max(x, Vector128<float>.Zero), Vector128.Create(6f)),
        _ => x * Vector128.Min(Vector128.Max(x + Vector128.Create(3f), Vector128<float>.Zero), Vector128.Create(6f)) / Vector128.Create(6f),
    };
}
