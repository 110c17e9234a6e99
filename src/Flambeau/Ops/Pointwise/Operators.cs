namespace Flambeau;

/// <summary>Elementwise operators. <c>==</c> and <c>!=</c> compare references; <see cref="Eq"/> and <see cref="Ne"/> compare elements.</summary>
public sealed partial class Tensor
{
    public static Tensor operator <(Tensor a, Tensor b) => a.Lt(b);
    public static Tensor operator >(Tensor a, Tensor b) => a.Gt(b);
    public static Tensor operator <=(Tensor a, Tensor b) => a.Le(b);
    public static Tensor operator >=(Tensor a, Tensor b) => a.Ge(b);
    public static Tensor operator &(Tensor a, Tensor b) => a.BitwiseAnd(b);
    public static Tensor operator |(Tensor a, Tensor b) => a.BitwiseOr(b);
    public static Tensor operator ^(Tensor a, Tensor b) => a.BitwiseXor(b);
    public static Tensor operator ~(Tensor a) => a.BitwiseNot();
    public static Tensor operator %(Tensor a, Tensor b) => a.Remainder(b);
    public static Tensor operator <<(Tensor a, Tensor b) => a.BitwiseLeftShift(b);
    public static Tensor operator >>(Tensor a, Tensor b) => a.BitwiseRightShift(b);
}
