using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Division, broadcasting.</summary>
    /// <param name="other">Divisor.</param>
    /// <param name="roundingMode">Null for true division (integers give float32), "trunc" to round toward zero, "floor" to round down.</param>
    /// <exception cref="DivideByZeroException">Rounded division of integers by 0.</exception>
    [Op("div(Tensor self, Tensor other, *, str? rounding_mode=None) -> Tensor")]
    [Op("divide(Tensor self, Tensor other, *, str? rounding_mode=None) -> Tensor")]
    public Tensor Div(Tensor other, string? roundingMode = null) => roundingMode switch
    {
        null => TrueDivide(other),
        "trunc" => TruncDivide(other),
        "floor" => FloorDivide(other),
        _ => throw BadRounding(roundingMode),
    };

    /// <summary>In place: <inheritdoc cref="Div" path="/summary/node()"/></summary>
    [Op("div_(Tensor self, Tensor other, *, str? rounding_mode=None) -> Tensor")]
    public Tensor Div_(Tensor other, string? roundingMode = null) => roundingMode switch
    {
        null when DType.IsIntegral() => throw new ArgumentException($"div_: true division gives a floating-point result, which this {DType.Name()} tensor can't hold; use Div, or rounding mode \"floor\" or \"trunc\""),
        null => TrueDivide_(other),
        "trunc" => TruncDivide_(other),
        "floor" => FloorDivide_(other),
        _ => throw BadRounding(roundingMode),
    };

    static ArgumentException BadRounding(string mode) => new($"div: rounding_mode is '{mode}'; expected None, 'trunc' or 'floor'");

    /// <summary><c>other / self</c>.</summary>
    [Op("__rdiv__(Tensor self, Tensor other) -> Tensor")]
    [Op("__rtruediv__(Tensor self, Tensor other) -> Tensor")]
    public Tensor RDiv(Tensor other) => other.TrueDivide(this);

    /// <summary><c>other mod self</c>, as <see cref="Remainder"/>.</summary>
    [Op("__rmod__(Tensor self, Tensor other) -> Tensor")]
    public Tensor RMod(Tensor other) => other.Remainder(this);

    /// <summary><c>other // self</c>.</summary>
    [Op("__rfloordiv__(Tensor self, Tensor other) -> Tensor")]
    public Tensor RFloorDivide(Tensor other) => other.FloorDivide(this);
}
