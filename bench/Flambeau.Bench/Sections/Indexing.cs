using Flambeau.Bench.Harness;
using TorchSharp;

namespace Flambeau.Bench.Sections;

/// <summary>Moving elements about: index, gather, scatter, embedding, cat, permuted copies, sort and topk.</summary>
static class Indexing
{
    const string Section = "index";

    public static IEnumerable<Case> Cases()
    {
        foreach (var n in (int[])[1_000, 100_000, 10_000_000])
        {
            int cols = n switch { 1_000 => 20, 100_000 => 100, _ => 1_000 }, rows = n / cols;
            long[] picks = Values.Whole(rows, rows), spots = Values.Whole(n, cols);
            Tensor p = Tensor.From(picks), s = Tensor.From(spots, [rows, cols]);
            torch.Tensor q = torch.tensor(picks), r = torch.tensor(spots, rows, cols);
            Func<Values>[] x = [() => Values.Normal(rows, cols)];
            var shape = $"{rows}×{cols}";
            yield return Op.Forward(Section, $"index rows {shape}", 8.0 * n, Unit.Byte, 0.6, x, t => t[0][p], t => t[0].index(torch.TensorIndex.Tensor(q)));
            yield return Op.Forward(Section, $"index_select {shape}", 8.0 * n, Unit.Byte, 0.6, x, t => t[0].IndexSelect(0, p), t => t[0].index_select(0, q));
            yield return Op.Forward(Section, $"gather {shape}", 16.0 * n, Unit.Byte, 0.6, x, t => t[0].Gather(1, s), t => t[0].gather(1, r));
            yield return Op.Backward(Section, $"gather {shape} gradient", 16.0 * n, Unit.Byte, 0.6, x, [0], t => t[0].Gather(1, s), t => t[0].gather(1, r));
            yield return Op.Forward(Section, $"scatter_add {shape}", 16.0 * n, Unit.Byte, 0.6, [x[0], x[0]], t => t[0].ScatterAdd(1, s, t[1]), t => t[0].scatter_add(1, r, t[1]));
            yield return Op.Forward(Section, $"index_add {shape}", 12.0 * n, Unit.Byte, 0.6, [x[0], x[0]], t => t[0].IndexAdd(0, p, t[1]), t => t[0].index_add(0, q, t[1], 1));
            var table = new Lazy<TorchSharp.Modules.Embedding>(() => torch.nn.Embedding_from_pretrained(Values.Normal(rows, cols).Peer(), freeze: false));
            yield return Op.Forward(Section, $"embedding {shape}", 8.0 * n, Unit.Byte, 0.6, x, t => Functional.Embedding(p, t[0]), _ => table.Value.call(q));
            yield return Gradient(rows, cols, shape, p, q, table);
            yield return Op.Forward(Section, $"cat rows 2×{shape}", 16.0 * n, Unit.Byte, 0.6, [x[0], x[0]], static t => Tensor.Cat([t[0], t[1]], 0), static t => torch.cat([t[0], t[1]], 0));
            yield return Op.Forward(Section, $"cat columns 2×{shape}", 16.0 * n, Unit.Byte, 0.6, [x[0], x[0]], static t => Tensor.Cat([t[0], t[1]], 1), static t => torch.cat([t[0], t[1]], 1));
            yield return Op.Forward(Section, $"transposed copy {shape}", 8.0 * n, Unit.Byte, 0.6, x, static t => t[0].Transpose(0, 1).Contiguous(), static t => t[0].t().contiguous());
            yield return Op.Forward(Section, $"permuted copy {rows / 10}×10×{cols}", 8.0 * n, Unit.Byte, 0.6, [() => Values.Normal(rows / 10, 10, cols)], static t => t[0].Permute([1, 0, 2]).Contiguous(), static t => t[0].permute(1, 0, 2).contiguous());
            yield return Op.Forward(Section, $"channels last {rows / 10}×10×{cols}", 8.0 * n, Unit.Byte, 0.6, [() => Values.Normal(rows / 10, 10, cols)], static t => t[0].Permute([0, 2, 1]).Contiguous(), static t => t[0].permute(0, 2, 1).contiguous());
            yield return Op.Forward(Section, $"sort rows {shape}", 0, Unit.None, 0.6, x, static t => t[0].Sort(1).Values, static t => t[0].sort(1).Values);
            yield return Op.Forward(Section, $"topk 10 of rows {shape}", 0, Unit.None, 0.6, x, static t => t[0].Topk(10, 1).Values, static t => t[0].topk(10, 1).values);
        }
    }

    static Case Gradient(int rows, int cols, string shape, Tensor p, torch.Tensor q, Lazy<TorchSharp.Modules.Embedding> table) => new(Section, $"embedding {shape} gradient", 8.0 * rows * cols, Unit.Byte, 0.6,
        () =>
        {
            var x = Values.Normal(rows, cols).Ours().WithGrad();
            var y = Functional.Embedding(p, x);
            var dy = Values.Normal(rows, cols).Ours();
            return new Side(() => Autograd.Grad.Of([y], [x], [dy], retainGraph: true), () => Op.Numbers(Autograd.Grad.Of([y], [x], [dy], retainGraph: true)[0]!));
        },
        () =>
        {
            var x = table.Value.weight!;
            var y = table.Value.call(q);
            var dy = Values.Normal(rows, cols).Peer();
            return new Side(
                () =>
                {
                    using var scope = torch.NewDisposeScope();
                    torch.autograd.grad([y], [x], [dy], retain_graph: true);
                },
                () => Op.Numbers(torch.autograd.grad([y], [x], [dy], retain_graph: true)[0]));
        });
}
