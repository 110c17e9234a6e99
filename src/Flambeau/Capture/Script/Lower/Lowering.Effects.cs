using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Capture.Lower;

/// <summary>Ops that change a tensor besides giving a result: in a graph the change is a value of its own.</summary>
internal sealed partial class Lowering
{
    /// <summary>The call in another form; null for ops without such an effect.</summary>
    Sym? Effects(OpEntry entry, IReadOnlyList<Operand> bound, IReadOnlyList<Sym> args, int line)
    {
        var schema = entry.Schema.Arguments;
        for (var i = 0; i < schema.Count; i++)
        {
            if (schema[i].Name != "inplace" || bound[i].IsConstant && bound[i].Constant is not true) continue;
            if (!bound[i].IsConstant) throw Error($"{entry.Name}: whether it writes in place is known only when the graph runs", line);
            return Written(entry, [.. bound.Select((o, k) => k == i ? false : o)], args, line);
        }
        return entry.Name switch
        {
            "nn.functional.batch_norm" => BatchNorm(bound, args, [1, 2, 3, 4, 5, 6, 7], schema, line),
            "batch_norm" => BatchNorm(bound, args, [3, 4, 1, 2, 5, 6, 7], schema, line),
            "nn.functional.instance_norm" when !bound[1].IsNone && bound[5] is { IsConstant: true, Constant: true } =>
                throw Error("instance_norm that moves running statistics in training can't be in a graph: make the layer without trackRunningStats, or call Eval()", line),
            "nn.functional.embedding" when Named(bound, schema, "max_norm") is { IsNone: false } =>
                throw Error("an embedding with maxNorm changes its table when it is looked up, which can't be in a graph: normalise the table in the training loop", line),
            _ => null,
        };
    }

    static Operand Named(IReadOnlyList<Operand> bound, IReadOnlyList<OpArgument> schema, string name)
    {
        for (var i = 0; i < schema.Count; i++)
        {
            if (schema[i].Name == name) return bound[i];
        }
        return Operand.None;
    }

    Sym Written(OpEntry entry, IReadOnlyList<Operand> bound, IReadOnlyList<Sym> args, int line)
    {
        b.Where = Where(line);
        var now = b.Add(entry, bound)[0];
        if (args is not [Ref r, ..] || !IsTensor(r)) throw Error($"{entry.Name} writes in place into what is no tensor", line);
        Update(r.Cell, now, line);
        return r;
    }

    /// <summary>In training the batch's own statistics are used, and the running ones move toward them.</summary>
    Sym? BatchNorm(IReadOnlyList<Operand> bound, IReadOnlyList<Sym> args, int[] at, IReadOnlyList<OpArgument> schema, int line)
    {
        var (mean, variance, weight, bias, training, momentum, eps) = (bound[at[0]], bound[at[1]], bound[at[2]], bound[at[3]], bound[at[4]], bound[at[5]], bound[at[6]]);
        if (!training.IsConstant) throw Error("whether a batch norm is in training is known only when the graph runs; it must be known while the graph is built", line);
        if (training.Constant is not true) return null;
        b.Where = Where(line);
        var x = bound[0];
        var y = b.Call("_batch_norm_train", (IReadOnlyList<Operand>)[x, weight, bias, eps]);
        if (!mean.IsNone)
        {
            var count = Op("prim.float_of_int", line, Op("prim.div_int", line, Op("prim.numel", line, x), Op("prim.size", line, x, 1L)));
            var keep = Op("prim.sub_float", line, 1.0, momentum);
            var unbiased = Op("prim.div_float", line, Op("prim.mul_float", line, momentum, count), Op("prim.sub_float", line, count, 1.0));
            Move(args[at[0]], y[1], momentum);
            Move(args[at[1]], y[3], unbiased);

            void Move(Sym running, Value batch, Operand part)
            {
                if (running is not Ref r) throw Error("the running statistics of a batch norm must be buffers of a module", line);
                var old = Tensor(r.Cell);
                Update(r.Cell, One("detach", (Operand)One("add", (Operand)One("mul", old, keep), (Operand)One("mul", batch, part))), line);
            }
        }
        return FromValue(y[0]);
    }
}
