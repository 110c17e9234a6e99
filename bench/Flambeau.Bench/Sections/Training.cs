using Flambeau.Bench.Harness;
using Flambeau.Bench.Models;
using TorchSharp;

namespace Flambeau.Bench.Sections;

/// <summary>Whole training steps and inference. Results compared: losses of the first three steps, and outputs.</summary>
static class Training
{
    public static IEnumerable<Case> Cases()
    {
        foreach (var task in Workload.All) yield return Step(task);
        foreach (var task in Workload.All) yield return Inference(task);
    }

    static (Nn.Layer Ours, torch.nn.Module<torch.Tensor, torch.Tensor> Peer) Nets(Workload task)
    {
        Generator.Current.ManualSeed(1);
        var ours = task.Ours();
        var peer = task.Peer();
        PeerWorkload.Copy(ours, peer);
        return (ours, peer);
    }

    static Case Step(Workload task)
    {
        var nets = new Lazy<(Nn.Layer Ours, torch.nn.Module<torch.Tensor, torch.Tensor> Peer)>(() => Nets(task));
        return new Case("training step", task.Name, 0, Unit.None, 1.05,
            () =>
            {
                var step = task.OurStep(nets.Value.Ours);
                return new Side(() => step(), () => [.. Enumerable.Range(0, 3).Select(_ => step().Item<float>())]);
            },
            () =>
            {
                // Their copy of the weights is made before our first step.
                var step = task.PeerStep(nets.Value.Peer);
                return new Side(() => step(), () => [.. Enumerable.Range(0, 3).Select(_ => step())]);
            },
            2e-3);
    }

    static Case Inference(Workload task)
    {
        var nets = new Lazy<(Nn.Layer Ours, torch.nn.Module<torch.Tensor, torch.Tensor> Peer)>(() => Nets(task));
        return new Case("inference", task.Name, 0, Unit.None, 1,
            () =>
            {
                var net = nets.Value.Ours;
                net.Eval();
                var x = task.OurInput();
                Tensor Run()
                {
                    using var off = Autograd.Grad.Inference();
                    return net.Forward(x);
                }
                return new Side(() => Run(), () => Op.Numbers(Run()));
            },
            () =>
            {
                var net = nets.Value.Peer;
                net.eval();
                var x = task.PeerInput();
                return new Side(
                    () =>
                    {
                        using var off = torch.inference_mode();
                        using var scope = torch.NewDisposeScope();
                        net.call(x);
                    },
                    () =>
                    {
                        using var off = torch.inference_mode();
                        return Op.Numbers(net.call(x));
                    });
            },
            1e-3);
    }
}
