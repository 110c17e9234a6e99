using TorchSharp;

namespace Flambeau.Bench.Harness;

/// <summary>Makes cases out of one expression an engine.</summary>
static class Op
{
    /// <summary>A result without gradients.</summary>
    public static Case Forward(string section, string name, double amount, Unit unit, double floor, Func<Values>[] inputs,
        Func<Tensor[], Tensor> ours, Func<torch.Tensor[], torch.Tensor> peer, double tolerance = 1e-4) => new(section, name, amount, unit, floor,
        () =>
        {
            Tensor[] x = [.. inputs.Select(static i => i().Ours())];
            return new Side(() => ours(x), () => Numbers(ours(x)));
        },
        () =>
        {
            torch.Tensor[] x = [.. inputs.Select(static i => i().Peer())];
            return new Side(
                () =>
                {
                    using var scope = torch.NewDisposeScope();
                    peer(x);
                },
                () => Numbers(peer(x)));
        },
        tolerance);

    /// <summary>Gradients of an expression by some of its inputs; the forward pass is done before the clock starts.</summary>
    public static Case Backward(string section, string name, double amount, Unit unit, double floor, Func<Values>[] inputs, int[] by,
        Func<Tensor[], Tensor> ours, Func<torch.Tensor[], torch.Tensor> peer, double tolerance = 1e-4) => new(section, name, amount, unit, floor,
        () =>
        {
            Tensor[] x = [.. inputs.Select((d, i) => by.Contains(i) ? d().Ours().WithGrad() : d().Ours())];
            Tensor[] of = [.. by.Select(i => x[i])];
            var y = ours(x);
            var dy = Values.Normal(y.Shape.ToArray()).Ours();
            return new Side(
                () => Autograd.Grad.Of([y], of, [dy], retainGraph: true),
                () => [.. Autograd.Grad.Of([y], of, [dy], retainGraph: true).SelectMany(static g => Numbers(g!))]);
        },
        () =>
        {
            torch.Tensor[] x = [.. inputs.Select((d, i) => d().Peer().requires_grad_(by.Contains(i)))];
            torch.Tensor[] of = [.. by.Select(i => x[i])];
            var y = peer(x);
            var dy = Values.Normal(y.shape).Peer();
            return new Side(
                () =>
                {
                    using var scope = torch.NewDisposeScope();
                    torch.autograd.grad([y], of, [dy], retain_graph: true);
                },
                () => [.. torch.autograd.grad([y], of, [dy], retain_graph: true).SelectMany(Numbers)]);
        },
        tolerance);

    public static float[] Numbers(Tensor t) => t.Detach().To(DType.Float32).ToArray<float>();

    public static float[] Numbers(torch.Tensor t) => [.. t.detach().to(torch.float32).contiguous().data<float>()];
}
