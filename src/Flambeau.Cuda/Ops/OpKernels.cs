namespace Flambeau.Cuda;

/// <summary>The kernels of single ops, by family.</summary>
internal static partial class OpKernels
{
    internal static void Register()
    {
        Dnn.Convolutions.Register();
        Dnn.ChannelNorms.Register();
        Dnn.Pools.Register();
    }
}
