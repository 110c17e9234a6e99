using TorchSharp;

namespace Flambeau.Bench.Harness;

/// <summary>Numbers for libtorch.</summary>
static class PeerValues
{
    public static torch.Tensor Peer(this Values values) => torch.tensor(values.Numbers, values.Shape);
}
