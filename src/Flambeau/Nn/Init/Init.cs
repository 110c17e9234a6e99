using Flambeau.Autograd;

namespace Flambeau.Nn;

/// <summary>Initialisers: each fills a tensor in place, without history, and gives it back.</summary>
public static class Init
{
    /// <summary>Uniform in [low, high).</summary>
    public static Tensor Uniform(Tensor t, double low = 0, double high = 1, Generator? generator = null) => Fill(t, x => x.Uniform_(low, high, generator));

    /// <summary>Normal with a mean and standard deviation.</summary>
    public static Tensor Normal(Tensor t, double mean = 0, double std = 1, Generator? generator = null) => Fill(t, x => x.Normal_(mean, std, generator));

    /// <summary>One value everywhere.</summary>
    public static Tensor Constant(Tensor t, double value) => Fill(t, x => x.Copy_(Tensor.FromScalar(value, t.DType)));

    /// <summary>Zeros.</summary>
    public static Tensor Zeros(Tensor t) => Constant(t, 0);

    /// <summary>Ones.</summary>
    public static Tensor Ones(Tensor t) => Constant(t, 1);

    /// <summary>Uniform, variance kept through layers of the given slope (He et al., "Delving deep into rectifiers", 2015).</summary>
    public static Tensor KaimingUniform(Tensor t, double a = 0, bool fanOut = false, string nonlinearity = "leaky_relu", Generator? generator = null)
    {
        var bound = Math.Sqrt(3) * Gain(nonlinearity, a) / Math.Sqrt(Fan(t, fanOut));
        return Uniform(t, -bound, bound, generator);
    }

    /// <summary>Normal form of <see cref="KaimingUniform"/>.</summary>
    public static Tensor KaimingNormal(Tensor t, double a = 0, bool fanOut = false, string nonlinearity = "leaky_relu", Generator? generator = null) =>
        Normal(t, 0, Gain(nonlinearity, a) / Math.Sqrt(Fan(t, fanOut)), generator);

    /// <summary>Uniform, variance kept forward and backward (Glorot and Bengio, 2010).</summary>
    public static Tensor XavierUniform(Tensor t, double gain = 1, Generator? generator = null)
    {
        var bound = gain * Math.Sqrt(6.0 / (Fan(t, false) + Fan(t, true)));
        return Uniform(t, -bound, bound, generator);
    }

    /// <summary>Normal form of <see cref="XavierUniform"/>.</summary>
    public static Tensor XavierNormal(Tensor t, double gain = 1, Generator? generator = null) => Normal(t, 0, gain * Math.Sqrt(2.0 / (Fan(t, false) + Fan(t, true))), generator);

    /// <summary>Normal numbers outside [low, high] drawn again.</summary>
    public static Tensor TruncatedNormal(Tensor t, double mean = 0, double std = 1, double low = -2, double high = 2, Generator? generator = null)
    {
        // By rejection; bounds far from the mean would take too long.
        var values = Tensor.Randn(t.Shape, generator, DType.Float64).ToArray<double>();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = mean + std * values[i];
            for (var tries = 0; (values[i] < low || values[i] > high) && tries < 1000; tries++) values[i] = mean + std * Tensor.Randn([], generator, DType.Float64).Item<double>();
            values[i] = Math.Clamp(values[i], low, high);
        }
        return Fill(t, x => x.Copy_(Tensor.From(values, t.Shape)));
    }

    /// <summary>The factor by which a nonlinearity shrinks standard deviations, turned around.</summary>
    public static double Gain(string nonlinearity, double a = 0) => nonlinearity switch
    {
        "linear" or "sigmoid" or "conv1d" or "conv2d" or "conv3d" => 1,
        "tanh" => 5.0 / 3,
        "relu" => Math.Sqrt(2),
        "leaky_relu" => Math.Sqrt(2 / (1 + a * a)),
        "selu" => 0.75,
        _ => throw new ArgumentException($"no gain is known for '{nonlinearity}'; expected linear, sigmoid, tanh, relu, leaky_relu or selu"),
    };

    static double Fan(Tensor t, bool fanOut)
    {
        if (t.Rank < 2) throw new ArgumentException($"fan in and out need a weight of at least two axes; this one has shape {t.Shape}");
        var field = t.Shape.AsSpan()[2..].ToArray().Aggregate(1L, static (n, s) => n * s);
        return Math.Max(1, (fanOut ? t.Size(0) : t.Size(1)) * field);
    }

    static Tensor Fill(Tensor t, Action<Tensor> fill)
    {
        using var off = Grad.No();
        fill(t);
        return t;
    }
}
