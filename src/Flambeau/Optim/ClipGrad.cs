using Flambeau.Autograd;

namespace Flambeau.Optim;

/// <summary>Limits gradients before a step.</summary>
public static class ClipGrad
{
    /// <summary>Scales all gradients so that their joint norm is at most <paramref name="maxNorm"/>.</summary>
    /// <param name="parameters">Parameters; those without a gradient are skipped.</param>
    /// <param name="maxNorm">The limit.</param>
    /// <param name="normType">Order of the norm; infinity for the largest magnitude.</param>
    /// <param name="errorIfNonFinite">Refuse a norm of NaN or infinity.</param>
    /// <returns>The norm before scaling.</returns>
    public static double Norm(IEnumerable<Tensor> parameters, double maxNorm, double normType = 2, bool errorIfNonFinite = false)
    {
        using var off = Grad.No();
        var grads = parameters.Select(static p => p.Grad).OfType<Tensor>().ToArray();
        double total = 0;
        foreach (var g in grads)
        {
            if (double.IsPositiveInfinity(normType)) total = Math.Max(total, g.Numel == 0 ? 0 : g.Abs().ToArray<double>().Max());
            else total += g.Abs().To(DType.Float64).Pow(normType).Sum().Item<double>();
        }
        if (!double.IsPositiveInfinity(normType)) total = Math.Pow(total, 1 / normType);
        if (errorIfNonFinite && !double.IsFinite(total)) throw new InvalidOperationException($"the norm of the gradients is {total}; look for the op with Anomaly.Detect()");
        var scale = maxNorm / (total + 1e-6);
        if (scale < 1)
        {
            foreach (var g in grads) g.Mul_(scale);
        }
        return total;
    }

    /// <summary>Limits every gradient element to [−<paramref name="limit"/>, <paramref name="limit"/>].</summary>
    public static void Value(IEnumerable<Tensor> parameters, double limit)
    {
        using var off = Grad.No();
        foreach (var p in parameters) p.Grad?.Clamp_(-limit, limit);
    }
}
