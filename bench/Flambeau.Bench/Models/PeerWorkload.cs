using Flambeau.Bench.Harness;
using TorchSharp;
using OurLayer = Flambeau.Nn.Layer;
using PeerNet = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Flambeau.Bench.Models;

/// <summary>The workloads in TorchSharp.</summary>
static class PeerWorkload
{
    /// <summary>The network.</summary>
    public static PeerNet Peer(this Workload work) => work.Name.Split([' ', ','])[0] switch
    {
        "MLP" => Peers.Mlp(),
        "conv32-conv64-pool-fc128-fc10" => Peers.ConvNet(),
        "ResNet-18" => new PeerResNet18(),
        "transformer" => new PeerEncoder(),
        "LSTM" => new PeerLstm(),
        "GPT" => new PeerGpt(),
        "LeNet" => Peers.LeNet(),
        _ => throw new ArgumentException($"{work.Name} has no network in TorchSharp here", nameof(work)),
    };

    /// <summary>A training step.</summary>
    public static Func<float> PeerStep(this Workload work, PeerNet? net = null)
    {
        net ??= work.Peer();
        torch.optim.Optimizer rule = work.Rule switch
        {
            "sgd" => torch.optim.SGD(net.parameters(), 0.01, momentum: 0.9),
            "adam" => torch.optim.Adam(net.parameters(), 1e-4),
            _ => torch.optim.AdamW(net.parameters(), 1e-4),
        };
        torch.Tensor x = work.PeerInput(), y = torch.tensor(Values.Whole(work.Targets, work.Classes));
        return () =>
        {
            using var scope = torch.NewDisposeScope();
            rule.zero_grad();
            var loss = torch.nn.functional.cross_entropy(net.call(x), y);
            loss.backward();
            rule.step();
            return loss.item<float>();
        };
    }

    public static torch.Tensor PeerInput(this Workload work) => work.Tokens > 0 ? torch.tensor(Values.Whole(work.Input.Aggregate(1L, static (a, b) => a * b), work.Tokens), work.Input) : Values.Normal(work.Input).Peer();

    /// <summary>Writes our weights into TorchSharp's parameters, which stand in the same order.</summary>
    public static void Copy(OurLayer from, PeerNet to)
    {
        using var off = torch.no_grad();
        foreach (var (ours, peer) in from.Parameters().Zip(to.parameters(), static (a, b) => (a, b)))
        {
            if (!ours.Shape.AsSpan().SequenceEqual(peer.shape)) throw new InvalidOperationException($"parameters differ: {ours.Shape} and [{string.Join(", ", peer.shape)}]");
            using var values = torch.tensor(ours.Detach().ToArray<float>(), peer.shape);
            peer.copy_(values);
        }
    }
}
