using Flambeau.Bench.Harness;
using TorchSharp;

namespace Flambeau.Bench.Sections;

/// <summary>What one small op costs beside its arithmetic.</summary>
static class Dispatch
{
    public static IEnumerable<Case> Cases()
    {
        yield return Op.Forward("dispatch", "x + y, 16 floats", 0, Unit.None, 2.5, [() => Values.Normal(16), () => Values.Normal(16)], static x => x[0] + x[1], static x => x[0].add(x[1]));
        yield return new Case("dispatch", "x + y recorded, and its backward, 16 floats", 0, Unit.None, 2,
            static () =>
            {
                Tensor x = Values.Normal(16).Ours().WithGrad(), y = Values.Normal(16).Ours().WithGrad(), dy = Values.Normal(16).Ours();
                void Run()
                {
                    x.Grad = y.Grad = null;
                    (x + y).Backward(dy);
                }
                return new Side(Run, () =>
                {
                    Run();
                    return [.. Op.Numbers(x.Grad!), .. Op.Numbers(y.Grad!)];
                });
            },
            static () =>
            {
                torch.Tensor x = Values.Normal(16).Peer().requires_grad_(true), y = Values.Normal(16).Peer().requires_grad_(true), dy = Values.Normal(16).Peer();
                void Run()
                {
                    x.grad = null;
                    y.grad = null;
                    using var z = x.add(y);
                    z.backward([dy]);
                }
                return new Side(Run, () =>
                {
                    Run();
                    return [.. Op.Numbers(x.grad!), .. Op.Numbers(y.grad!)];
                });
            });
    }
}
