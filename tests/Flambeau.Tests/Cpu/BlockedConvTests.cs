using Flambeau.Ops;

namespace Flambeau.Tests.Cpu;

/// <summary>Convolutions in blocked order beside those in plain order.</summary>
public sealed class BlockedConvTests
{
    public static TheoryData<int, int, int, int, int, int, int, int, int> Shapes
    {
        get
        {
            // n, cin, cout, height, width, kernel, stride, padding, dilation
            var data = new TheoryData<int, int, int, int, int, int, int, int, int>
            {
                { 1, 3, 16, 13, 17, 3, 2, 1, 1 }, { 2, 8, 8, 5, 5, 1, 1, 0, 1 }, { 1, 17, 5, 7, 9, 3, 1, 1, 1 }, { 3, 24, 40, 4, 3, 5, 1, 2, 1 }, { 1, 64, 33, 9, 9, 3, 1, 2, 2 },
                { 2, 1, 1, 1, 1, 1, 1, 0, 1 }, { 1, 160, 48, 14, 14, 3, 2, 0, 1 }, { 1, 7, 9, 8, 6, 2, 3, 1, 1 }, { 0, 8, 8, 4, 4, 3, 1, 1, 1 }, { 1, 4, 4, 2, 2, 7, 1, 3, 1 },
            };
            return data;
        }
    }

    static Tensor Plain(Tensor blocked, long channels) => blocked.FromBlocked(channels);

    static void Close(Tensor expected, Tensor actual) => Within(2e-4 * Math.Max(1, expected.Numel == 0 ? 1 : expected.Abs().Max().Item<double>()), expected, actual);

    static void Within(double bound, Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        if (expected.Numel > 0) Assert.InRange((expected - actual).Abs().Max().Item<double>(), 0, bound);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Blocked_order_gives_the_same_numbers(int n, int cin, int cout, int height, int width, int kernel, int stride, int padding, int dilation)
    {
        foreach (var block in (long[])[4, 8, 16])
        {
            Tensor x = Tensor.Randn([n, cin, height, width]), w = Tensor.Randn([cout, cin, kernel, kernel]), b = Tensor.Randn([cout]);
            var expected = x.Conv2d(w, b, [stride, stride], [padding, padding], [dilation, dilation]);
            long[] output = [expected.Size(2), expected.Size(3)];
            var residual = Tensor.Randn(expected.Shape);
            var bias = b.Reshape(1, cout, 1, 1).ToBlocked(block);
            Tensor Run(Tensor? z, string epilogue) => Plain(x.ToBlocked(block).BlockedConvolution(w.BlockedWeight(block), bias, z?.ToBlocked(block), cin, [kernel, kernel], [stride, stride], [padding, padding], [dilation, dilation], output, epilogue), cout);
            Close(expected, Run(null, "none"));
            Close(expected.Relu(), Run(null, "relu"));
            Close((expected + residual).Hardswish(), Run(residual, "hardswish"));
            Close((expected + residual).Clamp(0, 6), Run(residual, "relu6"));
        }
    }

    [Theory]
    [InlineData(1, 16, 16, 8, 8, 1, 1)]
    [InlineData(2, 24, 40, 9, 13, 1, 0)]
    [InlineData(1, 17, 21, 5, 7, 2, 2)]
    [InlineData(3, 64, 72, 14, 14, 0, 1)]
    [InlineData(1, 130, 65, 28, 28, 1, 1)]
    [InlineData(40, 33, 16, 11, 6, 1, 1)]
    [InlineData(1, 16, 16, 1, 1, 1, 1)]
    [InlineData(0, 16, 16, 8, 8, 1, 1)]
    public void Minimal_filtering_gives_the_same_numbers(int n, int cin, int cout, int height, int width, int padH, int padW)
    {
        foreach (var (block, tile) in ((long, long)[])[(8, 2), (8, 4), (16, 2), (16, 4)])
        {
            Tensor x = Tensor.Randn([n, cin, height, width]), w = Tensor.Randn([cout, cin, 3, 3]) / Math.Sqrt(9 * cin), b = Tensor.Randn([cout]);
            // In doubles, whose convolutions are direct.
            var expected = x.To(DType.Float64).Conv2d(w.To(DType.Float64), b.To(DType.Float64), [1, 1], [padH, padW]).To(DType.Float32);
            long[] output = [expected.Size(2), expected.Size(3)];
            var residual = Tensor.Randn(expected.Shape);
            var bias = b.Reshape(1, cout, 1, 1).ToBlocked(block);
            Tensor Run(Tensor? z, string epilogue) => Plain(x.ToBlocked(block).BlockedWinogradConvolution(w.BlockedWinogradWeight(block, tile), bias, z?.ToBlocked(block), cin, tile, [padH, padW], output, epilogue), cout);
            Within(1e-4, expected, Run(null, "none"));
            Within(1e-4, expected.Relu(), Run(null, "relu"));
            Within(1e-4, (expected + residual).Hardswish(), Run(residual, "hardswish"));
        }
    }

    [Theory]
    [InlineData(1, 8, 9, 11, 3, 1, 1, 1)]
    [InlineData(2, 19, 12, 12, 5, 2, 2, 1)]
    [InlineData(1, 40, 6, 5, 3, 1, 2, 2)]
    [InlineData(1, 3, 2, 2, 5, 1, 2, 1)]
    [InlineData(1, 16, 20, 33, 3, 2, 0, 1)]
    public void Each_channel_by_its_own_kernel(int n, int channels, int height, int width, int kernel, int stride, int padding, int dilation)
    {
        foreach (var block in (long[])[4, 8, 16])
        {
            Tensor x = Tensor.Randn([n, channels, height, width]), w = Tensor.Randn([channels, 1, kernel, kernel]), b = Tensor.Randn([channels]);
            var expected = x.Conv2d(w, b, [stride, stride], [padding, padding], [dilation, dilation], channels).Relu();
            var y = x.ToBlocked(block).BlockedDepthwiseConvolution(w.BlockedDepthwiseWeight(block), b.Reshape(1, channels, 1, 1).ToBlocked(block), channels, [kernel, kernel], [stride, stride], [padding, padding], [dilation, dilation], [expected.Size(2), expected.Size(3)], "relu");
            Close(expected, Plain(y, channels));
        }
    }

    [Theory]
    [InlineData(2, 3, 20, 17, 23, 3, 2, 1, 1)]
    [InlineData(1, 3, 8, 32, 32, 4, 4, 0, 1)]
    [InlineData(1, 1, 5, 9, 7, 5, 1, 2, 1)]
    [InlineData(3, 7, 33, 6, 40, 7, 3, 5, 1)]
    [InlineData(1, 2, 4, 12, 5, 3, 1, 2, 2)]
    [InlineData(0, 3, 4, 5, 5, 3, 1, 1, 1)]
    public void A_first_layer_reads_plain_order(int n, int cin, int cout, int height, int width, int kernel, int stride, int padding, int dilationH)
    {
        foreach (var block in (long[])[4, 8, 16])
        {
            Tensor x = Tensor.Randn([n, cin, height, width]), w = Tensor.Randn([cout, cin, kernel, kernel]), b = Tensor.Randn([cout]);
            var expected = x.Conv2d(w, b, [stride, stride], [padding, padding], [dilationH, 1]);
            var bias = b.Reshape(1, cout, 1, 1).ToBlocked(block);
            Tensor Run(Tensor? bias, string epilogue) => Plain(x.BlockedStem(w.BlockedStemWeight(block), bias, block, [kernel, kernel], [stride, stride], [padding, padding], [dilationH, 1], [expected.Size(2), expected.Size(3)], epilogue), cout);
            Close(expected.Relu(), Run(bias, "relu"));
            Close(expected - b.Reshape(-1, 1, 1), Run(null, "none"));
        }
    }

    [Theory]
    [InlineData(2, 9, 11, 13, 3, 2, 1, 1)]
    [InlineData(1, 16, 7, 5, 2, 2, 0, 1)]
    [InlineData(1, 5, 8, 9, 3, 1, 1, 2)]
    public void Pools_give_the_same_values_and_NaN(int n, int channels, int height, int width, int kernel, int stride, int padding, int dilation)
    {
        foreach (var block in (long[])[4, 8, 16])
        {
            var x = Tensor.Randn([n, channels, height, width]);
            x[0, 1, 3, 2] = double.NaN;
            x[0, 0] = double.NegativeInfinity;
            var expected = x.MaxPool2d([kernel, kernel], [stride, stride], [padding, padding], [dilation, dilation]);
            var y = Plain(x.ToBlocked(block).BlockedMaxPool([kernel, kernel], [stride, stride], [padding, padding], [dilation, dilation], [expected.Size(2), expected.Size(3)]), channels);
            Assert.Equal(expected.ToArray<float>(), y.ToArray<float>());
        }
    }

    [Fact]
    public void Lanes_beyond_the_last_channel_are_not_read()
    {
        var x = Tensor.Full([1, 1, 3, 3, 8], double.NaN, DType.Float32);
        x[.., .., .., .., ..5].Fill_(1);
        var w = Tensor.Ones([8, 5, 1, 1]).BlockedWeight(8);
        var y = x.BlockedConvolution(w, null, null, 5, [1, 1], [1, 1], [0, 0], [1, 1], [3, 3], "none");
        Assert.True(y.Eq(5).All().Item<bool>());
    }
}
