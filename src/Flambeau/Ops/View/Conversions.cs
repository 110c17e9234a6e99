using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>As bool: whether each element isn't zero.</summary>
    [Op("bool(Tensor self) -> Tensor")]
    public Tensor Bool() => To(DType.Bool);

    /// <summary>As uint8.</summary>
    [Op("byte(Tensor self) -> Tensor")]
    public Tensor Byte() => To(DType.UInt8);

    /// <summary>As int8.</summary>
    [Op("char(Tensor self) -> Tensor")]
    public Tensor Char() => To(DType.Int8);

    /// <summary>As int16.</summary>
    [Op("short(Tensor self) -> Tensor")]
    public Tensor Short() => To(DType.Int16);

    /// <summary>As int32.</summary>
    [Op("int(Tensor self) -> Tensor")]
    public Tensor Int() => To(DType.Int32);

    /// <summary>As int64.</summary>
    [Op("long(Tensor self) -> Tensor")]
    public Tensor Long() => To(DType.Int64);

    /// <summary>As float16.</summary>
    [Op("half(Tensor self) -> Tensor")]
    public Tensor Half() => To(DType.Float16);

    /// <summary>As bfloat16.</summary>
    [Op("bfloat16(Tensor self) -> Tensor")]
    public Tensor BFloat16() => To(DType.BFloat16);

    /// <summary>As float32.</summary>
    [Op("float(Tensor self) -> Tensor")]
    public Tensor Float() => To(DType.Float32);

    /// <summary>As float64.</summary>
    [Op("double(Tensor self) -> Tensor")]
    public Tensor Double() => To(DType.Float64);

    /// <summary>As complex64.</summary>
    [Op("cfloat(Tensor self) -> Tensor")]
    public Tensor CFloat() => To(DType.Complex64);

    /// <summary>As complex128.</summary>
    [Op("cdouble(Tensor self) -> Tensor")]
    public Tensor CDouble() => To(DType.Complex128);

    /// <summary>In the dtype (and on the device) of another tensor.</summary>
    [Op("type_as(Tensor self, Tensor other) -> Tensor")]
    public Tensor TypeAs(Tensor other) => To(other.Device).To(other.DType);

    [Op("to(Tensor self, dtype? dtype=None, bool non_blocking=False, bool copy=False) -> Tensor")]
    internal Tensor ToOf(DType? dtype, bool nonBlocking, bool copy) => To(dtype ?? DType, copy);

    [Op("to(Tensor self, str device, dtype? dtype=None, bool non_blocking=False, bool copy=False) -> Tensor")]
    internal Tensor ToOf(string device, DType? dtype, bool nonBlocking, bool copy) => To(Device.Parse(device)).To(dtype ?? DType, copy);

    [Op("to(Tensor self, Tensor other, bool non_blocking=False, bool copy=False) -> Tensor")]
    internal Tensor ToOf(Tensor other, bool nonBlocking, bool copy) => To(other.Device).To(other.DType, copy);

    /// <summary>The tensor itself: conjugation is never left pending here.</summary>
    [Op("resolve_conj(Tensor self) -> Tensor")]
    public Tensor ResolveConj() => this;

    /// <summary>The tensor itself: negation is never left pending here.</summary>
    [Op("resolve_neg(Tensor self) -> Tensor")]
    public Tensor ResolveNeg() => this;
}
