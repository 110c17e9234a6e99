using Flambeau.Ops;

namespace Flambeau.Tests.Cpu;

/// <summary>What is done with images in blocked order beside the same in plain order.</summary>
public sealed class BlockedImageTests
{
    static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.True(expected.Allclose(actual, 1e-4, 1e-5), $"expected {expected}, was {actual}");
    }

    static Tensor Call(string name, params object?[] arguments) => (Tensor)Registry.Call(name, arguments);

    public static TheoryData<int, int, int, int> Sizes => new() { { 1, 8, 5, 7 }, { 2, 19, 4, 3 }, { 3, 5, 1, 1 }, { 1, 33, 12, 12 }, { 0, 8, 2, 2 }, { 2, 16, 0, 3 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Means_factors_and_norms_of_channels(int n, int channels, int height, int width)
    {
        foreach (var block in (long[])[4, 8, 16])
        {
            Tensor x = Tensor.Randn([n, channels, height, width]) + 3, factors = Tensor.Randn([n, channels, 1, 1]), w = Tensor.Randn([channels]), b = Tensor.Randn([channels]);
            var image = x.ToBlocked(block);
            if (height * width > 0) Close(x.Mean([2, 3], keepdim: true), Call("_blocked_mean", image).FromBlocked(channels));
            Close(x * factors, Call("_blocked_scale", image, factors.ToBlocked(block)).FromBlocked(channels));
            Tensor Norm(Tensor? weight, Tensor? bias) => Call("_blocked_layer_norm", image, (long)channels, weight?.Reshape(1, channels, 1, 1).ToBlocked(block), bias?.Reshape(1, channels, 1, 1).ToBlocked(block), 1e-5).FromBlocked(channels);
            Close(x.Permute(0, 2, 3, 1).LayerNorm([channels], w, b).Permute(0, 3, 1, 2), Norm(w, b));
            Close(x.Permute(0, 2, 3, 1).LayerNorm([channels]).Permute(0, 3, 1, 2), Norm(null, null));
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Channels_of_several_images_are_gathered(int n, int channels, int height, int width)
    {
        var random = new Random(7);
        foreach (var block in (long[])[4, 8, 16])
        {
            Tensor[] images = [Tensor.Randn([n, channels, height, width]), Tensor.Randn([n, 2 * block, height, width]), Tensor.Randn([n, 3, height, width])];
            // Where the lanes of each image begin, those beyond its channels included.
            long[] first = [0, (channels + block - 1) / block * block, ((channels + block - 1) / block + 2) * block];
            var all = images.SelectMany((x, i) => Enumerable.Range(0, (int)x.Size(1)).Select(c => (Image: i, Channel: c))).ToArray();
            (int Image, int Channel)[][] orders = [all, [.. all.Reverse()], [.. all.OrderBy(_ => random.Next())], [.. all.Where(static p => p.Image == 1)], [.. all.Where(static (_, i) => i % 3 == 0), all[0], all[0]]];
            foreach (var order in orders)
            {
                var expected = Tensor.Cat([.. order.Select(p => images[p.Image].Narrow(1, p.Channel, 1))], 1);
                var blocked = Call("_blocked_gather", images.Select(i => i.ToBlocked(block)).ToArray(), order.Select(p => first[p.Image] + p.Channel).ToArray());
                Assert.Equal(expected.ToArray<float>(), blocked.FromBlocked(order.Length).ToArray<float>());
                // Lanes that are no channels are zeros: later products count on it.
                Assert.Equal(0, blocked.Permute(0, 1, 4, 2, 3).Reshape(n, blocked.Size(1) * block, height, width).Narrow(1, order.Length, blocked.Size(1) * block - order.Length).Abs().Sum().Item<double>());
            }
        }
    }

    [Fact]
    public void Channels_that_are_not_there_are_refused()
    {
        var x = Tensor.Ones([1, 8, 2, 2]).ToBlocked(8);
        Assert.Contains("channel 8", Assert.Throws<ArgumentException>(() => Call("_blocked_gather", new[] { x }, new long[] { 0, 8 })).Message, StringComparison.Ordinal);
        Assert.Contains("channel -1", Assert.Throws<ArgumentException>(() => Call("_blocked_gather", new[] { x }, new long[] { -1 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Call("_blocked_gather", Array.Empty<Tensor>(), new long[] { 0 }));
        Assert.Throws<ArgumentException>(() => Call("_blocked_gather", new[] { x, Tensor.Ones([1, 8, 3, 2]).ToBlocked(8) }, new long[] { 0 }));
    }
}
