namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>A = Q·R; older form of <see cref="Linalg.Qr"/>. With <paramref name="some"/> false Q is square.</summary>
    [Ops.Op("qr(Tensor self, bool some=True) -> (Tensor Q, Tensor R)")]
    public (Tensor Q, Tensor R) Qr(bool some = true) => Linalg.Qr(this, some ? "reduced" : "complete");
}
