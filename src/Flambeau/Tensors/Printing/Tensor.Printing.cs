using Flambeau.Printing;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>The tensor as PyTorch prints it; more than 1000 elements are shortened.</summary>
    public override string ToString() => TensorPrinter.Print(this, PrintOptions.Default);

    /// <summary>The tensor as text, with other options than PyTorch's defaults.</summary>
    public string ToString(PrintOptions options) => TensorPrinter.Print(this, options);
}
