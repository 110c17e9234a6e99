namespace Flambeau.Cuda;

/// <summary>A call of the CUDA driver or one of its libraries failed.</summary>
public sealed class CudaException : Exception
{
    /// <inheritdoc/>
    public CudaException() { }

    /// <inheritdoc/>
    public CudaException(string message) : base(message) { }

    /// <inheritdoc/>
    public CudaException(string message, Exception inner) : base(message, inner) { }
}
