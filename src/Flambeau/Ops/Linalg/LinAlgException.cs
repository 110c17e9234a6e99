namespace Flambeau;

/// <summary>A matrix has no result of the kind that was asked for: it is singular, not positive definite, not finite, or an iteration did not converge.</summary>
public sealed class LinAlgException : InvalidOperationException
{
    /// <summary>With a text that names the op, the matrix in the batch and the cause.</summary>
    public LinAlgException(string message) : base(message) { }
}
