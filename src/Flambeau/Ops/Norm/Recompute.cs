using Flambeau.Autograd;

namespace Flambeau.Ops;

/// <summary>Gradients of an op through a second definition of it in simpler ops: what a fused gradient kernel falls back on for higher derivatives.</summary>
internal static class Recompute
{
    /// <param name="f">The op in differentiable ops.</param>
    /// <param name="inputs">Its arguments; all that exist and are floating-point get a gradient.</param>
    /// <param name="dys">Gradients of its results.</param>
    internal static Tensor?[] Vjp(Func<Tensor?[], Tensor[]> f, Tensor?[] inputs, Tensor?[] dys)
    {
        var create = Grad.Enabled;
        using var on = Grad.Yes();
        // A view of its own for each argument keeps the gradients of two equal arguments apart.
        var xs = Array.ConvertAll(inputs, x => x is null ? null : create && x.RequiresGrad ? x.Expand(x.Shape) : x.Detach().WithGrad());
        var ys = f(xs);
        var outputs = new List<Tensor>();
        var seeds = new List<Tensor?>();
        for (var i = 0; i < ys.Length; i++)
        {
            if (dys[i] is null) continue;
            outputs.Add(ys[i]);
            seeds.Add(dys[i]);
        }
        var wanted = xs.OfType<Tensor>().ToArray();
        var g = Grad.Of(outputs, wanted, seeds, createGraph: create, allowUnused: true);
        var r = new Tensor?[xs.Length];
        for (int i = 0, k = 0; i < xs.Length; i++) r[i] = xs[i] is null ? null : g[k++];
        return r;
    }
}
