namespace Flambeau.OnnxFormat;

/// <summary>Steps of optimizers.</summary>
internal static class TrainingOps
{
    const string Domain = "ai.onnx.preview.training";

    internal static void Add(OpTable t)
    {
        // R, T, then all weights, all gradients, and one or two lists of states
        t.Many("Adagrad", 1, static n => Each(n, 1, (r, step, w, g, s) =>
        {
            g = g + w * n.Float("norm_coefficient", 0);
            var rate = r / (step * n.Float("decay_factor", 0) + 1.0);
            var h = s[0] + g * g;
            return [w - rate * g / (h.Op("sqrt") + n.Float("epsilon", 1e-6)), h];
        }), Domain);
        t.Many("Adam", 1, static n => Each(n, 2, (r, step, w, g, s) =>
        {
            var (alpha, beta) = (n.Float("alpha", 0.9), n.Float("beta", 0.999));
            g = g + w * n.Float("norm_coefficient", 0);
            var v = s[0] * alpha + g * (1 - alpha);
            var h = s[1] * beta + g * g * (1 - beta);
            var time = step.To(DType.Float32);
            Item Power(double b) => time.Op("rsub", 0.0).Op("mul", -Math.Log(b)).Op("exp");
            var adjusted = n.Op("_where", step.Op("gt", 0L), r * Power(beta).Op("rsub", 1.0).Op("sqrt") / Power(alpha).Op("rsub", 1.0), r);
            var next = w - adjusted * v / (h.Op("sqrt") + n.Float("epsilon", 1e-6));
            return [next * (1 - n.Float("norm_coefficient_post", 0)), v, h];
        }), Domain);
        t.Many("Momentum", 1, static n => Each(n, 1, (r, step, w, g, s) =>
        {
            g = g + w * n.Float("norm_coefficient", 0);
            var beta = n.Op("_where", step.Op("gt", 0L), n.Constant(Tensor.FromScalar(n.Float("beta", 0), w.DType)), n.Constant(Tensor.FromScalar(1, w.DType))).As(w.Type);
            var v = s[0] * n.Float("alpha", 0) + beta * g;
            return [w - r * (n.Text("mode", "standard") == "nesterov" ? g + v * n.Float("alpha", 0) : v), v];
        }), Domain);
    }

    static Item?[] Each(OnnxNode n, int states, Func<Item, Item, Item, Item, Item[], Item[]> step)
    {
        var count = (n.Count - 2) / (2 + states);
        var results = new Item?[count * (1 + states)];
        for (var i = 0; i < count; i++)
        {
            var s = Enumerable.Range(0, states).Select(k => n[2 + (2 + k) * count + i]).ToArray();
            var made = step(n[0], n[1], n[2 + i], n[2 + count + i], s);
            for (var k = 0; k < made.Length; k++) results[k * count + i] = made[k].As(n[2 + i].Type);
        }
        return results;
    }
}
