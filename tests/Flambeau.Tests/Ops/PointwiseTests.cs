namespace Flambeau.Tests.Ops;

/// <summary>Dtypes, edges and errors of elementwise ops; values are checked by the conformance data.</summary>
public sealed class PointwiseTests
{
    static readonly Tensor ints = Tensor.From<long>([7, -7, 3]);

    [Fact]
    public void Plain_numbers_promote_by_category()
    {
        Assert.Equal(DType.Bool, (ints > 0).DType);
        Assert.Equal([true, false, true], (ints > 2.5).ToArray<bool>());
        Assert.Equal(DType.Float16, (Tensor.Ones([2], DType.Float16) * 2.5).DType);
        Assert.Equal(DType.Float32, (ints * 0.5).DType);
        Assert.Equal(DType.Float32, (ints + Tensor.FromScalar(1.0, DType.Float32)).DType);
        Assert.Equal(DType.Int64, (ints + Tensor.FromScalar(1, DType.Int32)).DType);
        Assert.Equal(DType.Float64, ints.FloatPower(2).DType);
        Assert.Equal(DType.Int64, Tensor.Ones([2], DType.Bool).Square().DType);
        Assert.Equal(DType.Float32, ints.Clamp(0.5, null).DType);
    }

    [Fact]
    public void Integer_division_by_zero_says_so()
    {
        var zero = Tensor.From<long>([1, 0, 2]);
        foreach (var f in new Func<Tensor>[] { () => ints.FloorDivide(zero), () => ints.Div(zero, "trunc"), () => ints % zero, () => ints.FMod(0) })
            Assert.Contains("infinity", Assert.Throws<DivideByZeroException>(f).Message, StringComparison.Ordinal);
        Assert.Equal(float.PositiveInfinity, (ints / zero)[1].Abs().Item<float>());
    }

    [Fact]
    public void Integer_quotients_and_remainders_round_as_python_and_c()
    {
        Assert.Equal([2L, -3, 1], ints.FloorDivide(3).ToArray<long>());
        Assert.Equal([2L, -2, 1], ints.Div(3, "trunc").ToArray<long>());
        Assert.Equal([1L, 2, 0], (ints % 3).ToArray<long>());
        Assert.Equal([1L, -1, 0], ints.FMod(3).ToArray<long>());
        Assert.Equal([-3f, 2f], Tensor.From([-5f, 5f]).FloorDivide(2).ToArray<float>());
        Assert.Equal(9f, Tensor.FromScalar(1.0, DType.Float32).FloorDivide(Tensor.FromScalar(0.1, DType.Float32)).Item<float>());
    }

    [Fact]
    public void Extreme_integers_wrap()
    {
        foreach (var (min, dtype) in new (long, DType)[] { (long.MinValue, DType.Int64), (int.MinValue, DType.Int32), (sbyte.MinValue, DType.Int8) })
        {
            var x = Tensor.Full([19], min, dtype);
            Assert.All(x.Abs().ToArray<long>(), v => Assert.Equal(min, v));
            Assert.All((-x).ToArray<long>(), v => Assert.Equal(min, v));
            Assert.All(x.FloorDivide(-1).ToArray<long>(), v => Assert.Equal(min, v));
            Assert.All((x % -1).ToArray<long>(), v => Assert.Equal(0, v));
        }
        Assert.Equal(255, (Tensor.Full([], 1, DType.UInt8) - Tensor.Full([], 2, DType.UInt8)).Item<long>());
        Assert.Equal(-128, (Tensor.Full([], 127, DType.Int8) + 1).Item<long>());
    }

    [Fact]
    public void Bools_have_logic_but_no_difference()
    {
        var b = Tensor.From([true, false]);
        Assert.Throws<ArgumentException>(() => b - b);
        Assert.Throws<ArgumentException>(() => -b);
        Assert.Equal([false, true], (~b).ToArray<bool>());
        Assert.Equal([true, true], (b | ~b).ToArray<bool>());
        Assert.Equal([true, false], (b + b).ToArray<bool>());
        Assert.Equal([-2L, -1], (~Tensor.From<long>([1, 0])).ToArray<long>());
    }

    [Fact]
    public void Integer_powers()
    {
        Assert.Equal([49L, 49, 9], ints.Pow(2).ToArray<long>());
        Assert.Throws<ArgumentException>(() => ints.Pow(-1));
        Assert.Equal([0L, 1, -1], Tensor.From<long>([2, 1, -1]).Pow(Tensor.From<long>([-1, -2, -3])).ToArray<long>());
        Assert.Equal([4f, 8f], Tensor.Pow(2, Tensor.From([2f, 3f])).ToArray<float>());
    }

    [Fact]
    public void Not_a_number_is_kept_or_skipped_as_each_op_says()
    {
        var x = Tensor.From([float.NaN, 1, float.NaN, 2, float.NaN, 3, float.NaN, 4, 5, float.NaN]);
        var one = Tensor.Ones([10]);
        foreach (var y in new[] { x.Relu(), x.Maximum(one), x.Minimum(one), x.Clamp(0, 9), x.Hardtanh(-1, 1), x.Softshrink(), x.Gelu(), x.Tanh(), x.Sgn() * x })
            Assert.Equal(x.IsNaN().ToArray<bool>(), y.IsNaN().ToArray<bool>());
        Assert.DoesNotContain(true, x.FMax(one).IsNaN().ToArray<bool>());
        Assert.DoesNotContain(true, x.FMin(one).IsNaN().ToArray<bool>());
        Assert.Equal([0f, float.MaxValue, 2f], Tensor.From([float.NaN, float.PositiveInfinity, 2f]).NanToNum().ToArray<float>());
    }

    [Fact]
    public void Predicates_agree_at_every_length_and_dtype()
    {
        foreach (var dtype in new[] { DType.UInt8, DType.Int16, DType.Int32, DType.Int64, DType.Float16, DType.Float32, DType.Float64 })
        {
            for (var n = 0; n < 70; n++)
            {
                var v = Enumerable.Range(0, n).Select(static i => (long)(i * 7 % 5)).ToArray();
                var x = Tensor.From(v).To(dtype);
                Assert.Equal(v.Select(static i => i > 2), x.Gt(2).ToArray<bool>());
                Assert.Equal(v.Select(static i => i == 2), x.Eq(Tensor.Full([n], 2, dtype)).ToArray<bool>());
                Assert.Equal(v.Select(static i => i > 2 ? i : 9), x.Where(x.Gt(2), 9).ToArray<long>());
            }
        }
    }

    [Fact]
    public void Half_formats_convert_alike_in_registers_and_one_by_one()
    {
        var halves = Enumerable.Range(0, 65536).Select(static i => BitConverter.UInt16BitsToHalf((ushort)i)).ToArray();
        var floats = Tensor.From(halves).To(DType.Float32).ToArray<float>();
        for (var i = 0; i < halves.Length; i++) Assert.True(((float)halves[i]).Equals(floats[i]), $"half bits {i:x}");
        var random = new Random(3);
        var x = Enumerable.Range(0, 200_000).Select(i => BitConverter.UInt32BitsToSingle(i % 2 == 0 ? (uint)random.NextInt64(1L << 32) : BitConverter.SingleToUInt32Bits(floats[random.Next(65536)]) + (uint)random.Next(-4097, 4098)))
            .Concat([65519.99f, 65520f, 65504f, 2.9802322e-8f, 2.98023242e-8f, 6.1e-5f, float.NaN, 1, 2, 3]).ToArray();
        var h = Tensor.From(x).To(DType.Float16).ToArray<Half>();
        var b = Tensor.From(x).To(DType.BFloat16).ToArray<BFloat16>();
        for (var i = 0; i < x.Length; i++)
        {
            Assert.True(((Half)x[i]).Equals(h[i]), $"{x[i]:r} as half");
            Assert.True(((float)(BFloat16)x[i]).Equals((float)b[i]), $"{x[i]:r} as bfloat16");
        }
        Assert.Equal(floats.Skip(100), Tensor.From(Tensor.From(halves).To(DType.Float32).ToArray<float>()).To(DType.Float16).To(DType.Float32).ToArray<float>().Skip(100));
    }

    [Fact]
    public void Vector_functions_are_accurate()
    {
        Near(Math.Tanh, static x => x.Tanh(), -9, 9, 3e-7);
        Near(Flambeau.Cpu.Special.ErrorFunctions.Erf, static x => (x * Math.Sqrt(2)).Gelu() / (x * Math.Sqrt(2)) * 2 - 1, 0.01, 5, 1e-6);
        Near(Flambeau.Cpu.Special.Elementary.ExpM1, static x => x.ExpM1(), -5, 5, 5e-7);
        Near(Flambeau.Cpu.Special.Elementary.Log1P, static x => x.Log1P(), -0.9, 9, 5e-7);
        Near(Math.Exp, static x => x.Exp(), -80, 80, 3e-7);
        Near(Math.Sin, static x => x.Sin(), -1e5, 1e5, 3e-7);
    }

    static void Near(Func<double, double> truth, Func<Tensor, Tensor> f, double low, double high, double tolerance)
    {
        var x = Enumerable.Range(0, 3001).Select(i => (float)(low + (high - low) * i / 3000)).ToArray();
        var single = f(Tensor.From(x)).ToArray<float>();
        var full = f(Tensor.From(x).To(DType.Float64)).ToArray<double>();
        for (var i = 0; i < x.Length; i++)
        {
            var t = truth(x[i]);
            Assert.True(Math.Abs(single[i] - t) <= tolerance * Math.Max(Math.Abs(t), 1), $"float32 at {x[i]}: {single[i]}, {t}");
            Assert.True(Math.Abs(full[i] - t) <= 1e-13 * Math.Max(Math.Abs(t), 1), $"float64 at {x[i]}: {full[i]}, {t}");
        }
    }

    [Fact]
    public void Complex_parts()
    {
        var z = Tensor.Complex(Tensor.From([3f, 0, -1]), Tensor.From([4f, 0, 0]));
        Assert.Equal(DType.Complex64, z.DType);
        Assert.Equal([5f, 0, 1], z.Abs().ToArray<float>());
        Assert.Equal([0.6f, 0, -1], z.Sgn().Real().ToArray<float>());
        Assert.Equal((float)Math.PI, z.Angle()[2].Item<float>());
        Assert.Equal([false, true, true], z.IsReal().ToArray<bool>());
        Assert.Throws<ArgumentException>(() => z < 1);
        Assert.Throws<ArgumentException>(() => z.Atan2(z));
    }
}
