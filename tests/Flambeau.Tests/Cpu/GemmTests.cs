using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Tests.Cpu;

[Collection(ThreadCount.Name)]
public unsafe class GemmTests
{
    private static readonly long[] Sizes = [0, 1, 2, 3, 5, 6, 7, 8, 9, 12, 13, 16, 17, 31, 33, 64, 65, 100, 145, 300];

    public static TheoryData<int, bool> Widths => new() { { 0, false }, { 128, false }, { 128, true }, { 256, false }, { 256, true }, { 512, true } };

    [Theory, MemberData(nameof(Widths))]
    public void Every_register_width_agrees_with_plain_sums_for_single(int bits, bool many) => Random(TileKernel<float>.Create(bits, many), 3e-6);

    [Theory, MemberData(nameof(Widths))]
    public void Every_register_width_agrees_with_plain_sums_for_double(int bits, bool many) => Random(TileKernel<double>.Create(bits, many), 1e-14);

    /// <summary>Shapes, strides (transposed, sliced, broadcast), scales and thread counts at random; C must be touched nowhere else.</summary>
    private static void Random<T>(TileKernel<T> kernel, double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var random = new Random(7);
        for (var round = 0; round < 100; round++)
        {
            long Size() => Sizes[random.Next(Sizes.Length)];
            long m = Size(), n = Size(), k = Size();
            // Wide and deep: rows on pages of their own, and several panels of depth.
            if (round % 25 == 0) (n, k) = (400, 1100);
            (long, long) Strides(long rows, long cols, int step) =>
                random.Next(2) == 0 ? ((cols + random.Next(3)) * step, step) : (step, (rows + random.Next(3)) * step);
            var (rsA, csA) = Strides(m, k, 1 + random.Next(6) / 5);
            var (rsB, csB) = Strides(k, n, 1 + random.Next(6) / 5);
            var (rsC, csC) = Strides(m, n, 1 + random.Next(4) / 3);
            if (random.Next(20) == 0) rsA = 0;
            if (random.Next(20) == 0) csB = 0;
            T alpha = T.CreateChecked(new[] { 1, 1, 0.5, 0 }[random.Next(4)]), beta = T.CreateChecked(new[] { 0, 1, -0.25 }[random.Next(3)]);
            T[] a = Numbers<T>(random, m * rsA + k * csA), b = Numbers<T>(random, k * rsB + n * csB);
            var before = Numbers<T>(random, m * rsC + n * csC);
            if (beta == T.Zero) Array.Fill(before, T.NaN);
            T[] one = [.. before], three = [.. before];

            void Run(int threads, T[] to) => ThreadCount.With(threads, () =>
            {
                fixed (T* pa = a, pb = b, pc = to)
                    Gemm.Run(kernel, new GemmArgs<T>
                    {
                        M = m, N = n, K = k, A = pa, B = pb, C = pc, Alpha = alpha, Beta = beta,
                        RsA = rsA, CsA = csA, RsB = rsB, CsB = csB, RsC = rsC, CsC = csC,
                    });
            });
            Run(1, one);
            Run(3, three);
            Assert.True(one.AsSpan().SequenceEqual(three), $"threads change {m}x{n}x{k}");

            for (long i = 0; i < m; i++)
                for (long j = 0; j < n; j++)
                {
                    double sum = 0;
                    for (long p = 0; p < k && alpha != T.Zero; p++) sum += double.CreateChecked(a[i * rsA + p * csA]) * double.CreateChecked(b[p * rsB + j * csB]);
                    var at = i * rsC + j * csC;
                    var expected = double.CreateChecked(alpha) * sum + (beta == T.Zero ? 0 : double.CreateChecked(beta * before[at]));
                    Assert.True(Math.Abs(double.CreateChecked(one[at]) - expected) <= tolerance * (1 + Math.Sqrt(k)),
                        $"{m}x{n}x{k} A({rsA},{csA}) B({rsB},{csB}) C({rsC},{csC}) alpha {alpha} beta {beta} at {i},{j}: {one[at]}, expected {expected}");
                    one[at] = before[at];
                }
            Assert.True(one.AsSpan().SequenceEqual(before), $"{m}x{n}x{k} wrote outside C");
        }
    }

    private static T[] Numbers<T>(Random random, long n) where T : unmanaged, INumber<T>
    {
        var numbers = new T[Math.Max(1, n)];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = T.CreateTruncating(random.NextDouble() - 0.5);
        return numbers;
    }

    [Theory]
    [InlineData(1, 40, 30), InlineData(3, 40, 30), InlineData(40, 2, 30), InlineData(20, 20, 20), InlineData(200, 150, 300)]
    public void Non_finite_entries_spread_to_their_row_and_column_only(long m, long n, long k)
    {
        float[] a = new float[m * k], b = new float[k * n], c = new float[m * n];
        Array.Fill(a, 1);
        Array.Fill(b, 1);
        a[^1] = float.NaN;
        b[0] = float.PositiveInfinity;
        fixed (float* pa = a, pb = b, pc = c) Gemm.Run(false, false, m, n, k, 1, pa, k, pb, n, 0, pc, n);
        for (long i = 0; i < m; i++)
            for (long j = 0; j < n; j++)
                Assert.Equal(i == m - 1 ? float.NaN : j == 0 ? float.PositiveInfinity : k, c[i * n + j]);
    }

    [Theory]
    [InlineData(1, 9, 5, 7, false), InlineData(7, 4, 4, 4, false), InlineData(3, 70, 80, 90, false), InlineData(5, 6, 7, 8, true), InlineData(40, 20, 20, 20, false)]
    public void A_batch_equals_its_products_one_by_one(long batch, long m, long n, long k, bool shareB) => ThreadCount.With(3, () =>
    {
        var random = new Random(3);
        double[] a = Numbers<double>(random, batch * m * k), b = Numbers<double>(random, batch * k * n), together = new double[batch * m * n], single = new double[m * n];
        fixed (double* pa = a, pb = b, pt = together, ps = single)
        {
            Gemm.Batched(batch, false, true, m, n, k, 2.0, pa, k, m * k, pb, k, shareB ? 0 : n * k, 0.0, pt, n, m * n);
            for (long i = 0; i < batch; i++)
            {
                Gemm.Run(false, true, m, n, k, 2.0, pa + i * m * k, k, pb + (shareB ? 0 : i * n * k), k, 0, ps, n);
                for (long j = 0; j < m * n; j++) Assert.Equal(single[j], together[i * m * n + j], 1e-12);
            }
        }
    });

    [Fact]
    public void Whole_numbers_multiply_exactly_and_wrap()
    {
        Whole<long>();
        Whole<int>();
        Whole<short>();
        Whole<sbyte>();
        Whole<byte>();
    }

    private static void Whole<T>() where T : unmanaged, INumber<T>
    {
        var random = new Random(3);
        foreach (var (m, n, k) in new[] { (3, 5, 7), (1, 300, 70), (65, 64, 130), (9, 1, 0) })
            foreach (var turned in new[] { false, true })
            {
                T[] Draw(int size) => [.. Enumerable.Range(0, size + 1).Select(_ => T.CreateTruncating(random.Next(-100, 100)))];
                T[] a = Draw(m * k), b = Draw(k * n), c = Draw(m * n);
                fixed (T* pa = a, pb = b, pc = c) GemmInteger.Run(m, n, k, pa, k, 1, pb, turned ? 1 : n, turned ? k : 1, pc, n, 1);
                for (var i = 0; i < m; i++)
                    for (var j = 0; j < n; j++)
                    {
                        var sum = T.Zero;
                        for (var p = 0; p < k; p++) sum += a[i * k + p] * b[turned ? j * k + p : p * n + j];
                        Assert.Equal(sum, c[i * n + j]);
                    }
            }
    }
}
