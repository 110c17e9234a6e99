namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Linear interpolation with a weight for each element; all three broadcast.</summary>
    public Tensor Lerp(Tensor end, Tensor weight) => LerpBy(end, weight);

    /// <summary><c>self + tensor1 · tensor2</c>, broadcasting.</summary>
    public Tensor AddCMul(Tensor tensor1, Tensor tensor2) => AddCMul(tensor1, tensor2, 1);

    /// <summary><c>self + tensor1 / tensor2</c>, broadcasting.</summary>
    public Tensor AddCDiv(Tensor tensor1, Tensor tensor2) => AddCDiv(tensor1, tensor2, 1);
}
