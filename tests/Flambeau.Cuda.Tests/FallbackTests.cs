using Flambeau.Autograd;

namespace Flambeau.Cuda.Tests;

/// <summary>Ops without a kernel.</summary>
[Collection("kernels")]
public sealed class FallbackTests : IDisposable
{
    public FallbackTests()
    {
        Assert.SkipUnless(Cuda.IsAvailable, Cuda.Problem ?? "");
        Cuda.Log = null;
        Cuda.ResetFallbacks();
    }

    public void Dispose()
    {
        Cuda.Fallback = CudaFallback.Allow;
        Cuda.Log = Console.Error.WriteLine;
    }

    static Tensor Draw(params long[] sizes) => Tensor.Randn(sizes, new Generator(5));

    [Fact]
    public void An_op_without_a_kernel_runs_on_the_host_with_its_gradient_and_is_counted_and_logged_once()
    {
        var lines = new List<string>();
        Cuda.Log = lines.Add;
        Tensor x = Draw(2, 4, 4), y = x.To(Device.Cuda()).WithGrad();
        x = x.WithGrad();
        for (var i = 0; i < 2; i++)
        {
            var d = Linalg.Det(y);
            Assert.Equal(DeviceKind.Cuda, d.Device.Kind);
            d.Sum().Backward();
        }
        Linalg.Det(x).Sum().Backward();
        var (g, e) = (y.Grad!.ToArray<double>(), x.Grad!.ToArray<double>());
        Assert.Equal(DeviceKind.Cuda, y.Grad!.Device.Kind);
        for (var i = 0; i < e.Length; i++) Assert.Equal(2 * e[i], g[i], 1e-4 * (1 + Math.Abs(e[i])));
        Assert.Equal(2, Cuda.Fallbacks["linalg.det"]);
        Assert.Single(lines, static l => l.Contains("linalg.det ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_formula_whose_function_has_no_text_runs_on_the_host_in_place_too()
    {
        Tensor x = Draw(5).Abs() + 1.5, y = x.To(Device.Cuda());
        var e = Special.Zeta(x, x + 1).ToArray<double>();
        Assert.Equal(e, Special.Zeta(y, y + 1).ToArray<double>());
        Assert.Equal(1, Cuda.Fallbacks["special.zeta"]);
        x.Igamma_(x);
        y.Igamma_(y);
        Assert.Equal(x.ToArray<double>(), y.ToArray<double>());
    }

    [Fact]
    public void Refused_it_is_an_error_that_names_the_op()
    {
        Cuda.Fallback = CudaFallback.Refuse;
        var x = Draw(3, 3).To(Device.Cuda());
        Assert.Contains("linalg.det has no kernel for 'cuda:0'", Assert.ThrowsAny<NotSupportedException>(() => Linalg.Det(x)).Message, StringComparison.Ordinal);
        Assert.Contains("special.zeta has no kernel", Assert.ThrowsAny<NotSupportedException>(() => Special.Zeta(x, x)).Message, StringComparison.Ordinal);
        Assert.Empty(Cuda.Fallbacks);
    }

    [Fact]
    public void Drawing_ops_draw_the_same_numbers()
    {
        var gpu = Device.Cuda();
        Generator a = new(3), b = new(3);
        var x = Tensor.Ones([4, 5]);
        var y = x.To(gpu);
        foreach (var draw in new Func<Tensor, Generator, Tensor>[]
        {
            static (t, g) => t.Clone().Exponential_(2, g), static (t, g) => t.Multinomial(7, true, g), static (t, g) => t.Poisson(g), static (t, g) => t.RandnLike(DType.Float64, g), static (t, g) => Tensor.Normal(t, t, g),
        })
        {
            var there = draw(y, b);
            Assert.Equal(gpu, there.Device);
            Assert.Equal(draw(x, a).ToArray<double>(), there.ToArray<double>(), (p, q) => Math.Abs(p - q) < 1e-5 * (1 + Math.Abs(p)));
            Assert.Equal(a.State, b.State);
        }
    }

    [Fact]
    public void The_environment_variable_sets_the_mode()
    {
        Assert.Equal(CudaFallback.Refuse, FallbackCounts.OfEnvironment("Refuse"));
        Assert.Equal(CudaFallback.Allow, FallbackCounts.OfEnvironment(null));
    }
}
