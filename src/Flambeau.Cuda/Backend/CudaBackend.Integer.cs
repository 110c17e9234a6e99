using Flambeau.Cuda.Emit;

namespace Flambeau.Cuda;

internal sealed partial class CudaBackend
{
    internal override Tensor Integer(string function, Tensor a, Tensor b) => throw NoHostMemory();
}
