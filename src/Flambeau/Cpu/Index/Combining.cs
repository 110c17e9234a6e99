using System.Numerics;

namespace Flambeau.Cpu;

/// <summary>Ways in which written values join the old ones.</summary>
internal enum Combination { Replace, Sum, Product, Max, Min }

/// <summary>A loop for one element type and one way to combine.</summary>
internal interface ICombineLoop
{
    void Run<T, C>(Tensor y, Tensor values) where T : unmanaged where C : struct, ICombine<T>;
}

/// <summary>Picks the element type; narrow floats and complex64 are combined in their wide type and rounded once.</summary>
internal static class Combining
{
    /// <summary>Runs the loop on <paramref name="y"/>, which is written, and on values converted to its dtype.</summary>
    internal static void Run<R>(Combination how, Tensor y, Tensor values, R loop, string op) where R : struct, ICombineLoop
    {
        values = Cast.To(values, y.DType);
        if (how == Combination.Replace)
        {
            switch (y.DType.Size())
            {
                case 1: loop.Run<byte, Replace<byte>>(y, values); return;
                case 2: loop.Run<ushort, Replace<ushort>>(y, values); return;
                case 4: loop.Run<uint, Replace<uint>>(y, values); return;
                case 8: loop.Run<ulong, Replace<ulong>>(y, values); return;
                default: loop.Run<UInt128, Replace<UInt128>>(y, values); return;
            }
        }
        var wide = Pointwise.Wide(y.DType);
        if (wide != y.DType)
        {
            var y2 = Cast.To(y, wide);
            // Keeps the strides that the loop was planned with.
            if (!y2.Layout.SameStrides(y.Layout)) throw new InvalidOperationException($"{op}: a narrow tensor must be dense here");
            Run(how, y2, Cast.To(values, wide), loop, op);
            Cast.Copy(y2, y);
            return;
        }
        switch (y.DType)
        {
            case DType.Float32: Number<R, float>(how, y, values, loop); break;
            case DType.Float64: Number<R, double>(how, y, values, loop); break;
            case DType.Int64: Number<R, long>(how, y, values, loop); break;
            case DType.Int32: Number<R, int>(how, y, values, loop); break;
            case DType.Int16: Number<R, short>(how, y, values, loop); break;
            case DType.Int8: Number<R, sbyte>(how, y, values, loop); break;
            case DType.UInt8: Number<R, byte>(how, y, values, loop); break;
            case DType.Bool when how == Combination.Sum: loop.Run<byte, OrTo>(y, values); break;
            case DType.Bool: Number<R, byte>(how == Combination.Product ? Combination.Min : how, y, values, loop); break;
            case var _ when how == Combination.Sum: loop.Run<Complex, AddTo<Complex>>(y, values); break;
            case var _ when how == Combination.Product: loop.Run<Complex, MultiplyBy<Complex>>(y, values); break;
            default: throw new ArgumentException($"{op}: complex numbers have no order; expected a real tensor, or 'sum', 'prod' or 'mean'");
        }
    }

    static void Number<R, T>(Combination how, Tensor y, Tensor values, R loop) where R : struct, ICombineLoop where T : unmanaged, INumber<T>
    {
        switch (how)
        {
            case Combination.Sum: loop.Run<T, AddTo<T>>(y, values); break;
            case Combination.Product: loop.Run<T, MultiplyBy<T>>(y, values); break;
            case Combination.Max: loop.Run<T, MaxOf<T>>(y, values); break;
            default: loop.Run<T, MinOf<T>>(y, values); break;
        }
    }
}
