using System.Buffers.Binary;

namespace Flambeau.Formats;

/// <summary>Numpy's scalars and plain arrays, which training scripts often leave in checkpoints.</summary>
internal static class Numpy
{
    internal static void Register(Action<string, Func<PyTuple, object?>?> add)
    {
        add("numpy.ndarray", null);
        add("numpy.dtype", static a => a is [string code, ..] ? new NumpyDType(code) : throw TorchHost.Arguments("numpy.dtype"));
        add("numpy.core.multiarray.scalar", static a => a is [NumpyDType d, byte[] bytes] ? d.Scalar(bytes) : throw TorchHost.Arguments("numpy.core.multiarray.scalar"));
        add("numpy.core.multiarray._reconstruct", static _ => new NumpyArray());
    }
}

/// <summary>A numpy dtype: a code such as <c>f4</c>, and a byte order that is set afterwards.</summary>
internal sealed class NumpyDType(string code) : IPickleBuildable
{
    internal bool BigEndian { get; private set; }

    public void Build(object? state) => BigEndian = state is PyTuple { Count: > 1 } t && t[1] is ">";

    internal DType DType => code switch
    {
        "b1" => DType.Bool,
        "u1" => DType.UInt8,
        "i1" => DType.Int8,
        "i2" => DType.Int16,
        "i4" => DType.Int32,
        "i8" => DType.Int64,
        "f2" => DType.Float16,
        "f4" => DType.Float32,
        "f8" => DType.Float64,
        "c8" => DType.Complex64,
        "c16" => DType.Complex128,
        _ => throw new CheckpointException($"refused: a numpy value of dtype {CheckpointException.Quote(code)}; plain numbers and bools are supported"),
    };

    internal object Scalar(byte[] b)
    {
        if (b.Length != DType.Size()) throw new CheckpointException($"a numpy scalar of {DType.Name()} has {b.Length} bytes");
        if (BigEndian) Array.Reverse(b);
        return DType switch
        {
            DType.Bool => (object)(b[0] != 0),
            DType.UInt8 => (long)b[0],
            DType.Int8 => (long)(sbyte)b[0],
            DType.Int16 => (long)BinaryPrimitives.ReadInt16LittleEndian(b),
            DType.Int32 => (long)BinaryPrimitives.ReadInt32LittleEndian(b),
            DType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(b),
            DType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(b),
            DType.Float32 => (double)BinaryPrimitives.ReadSingleLittleEndian(b),
            DType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(b),
            _ => throw new CheckpointException($"refused: a numpy scalar of {DType.Name()}"),
        };
    }
}

/// <summary>A numpy array under construction; it becomes a tensor.</summary>
internal sealed class NumpyArray : IPickleBuildable
{
    TensorRef? tensor;

    internal TensorRef ToTensor() => tensor ?? throw new CheckpointException("a numpy array has no content");

    public void Build(object? state)
    {
        if (state is not PyTuple { Count: 5 } s || s[1] is not PyTuple shape || s[2] is not NumpyDType dtype || s[3] is not bool fortran || s[4] is not byte[] data)
            throw new CheckpointException("refused: a numpy array that isn't a plain block of numbers");
        if (dtype.BigEndian) throw new CheckpointException("refused: a big-endian numpy array");
        var type = TorchDType.Of(dtype.DType);
        var sizes = new long[shape.Count];
        var strides = new long[shape.Count];
        Int128 step = 1;
        for (var i = 0; i < sizes.Length; i++)
        {
            var axis = fortran ? i : sizes.Length - 1 - i;
            sizes[axis] = shape[axis] is long n and >= 0 ? n : throw new CheckpointException("a numpy array has an impossible shape");
            strides[axis] = (long)step;
            step *= Math.Max(sizes[axis], 1);
            if (step * type.Size > long.MaxValue) throw new CheckpointException("a numpy array has an impossible shape");
        }
        tensor = new(new(new("", type.Size, data.Length, type.Size) { Inline = data }, type, 0, data.Length / type.Size), type, 0, sizes, strides, false);
        if (tensor.Numel * type.Size != data.Length) throw new CheckpointException($"a numpy array of shape [{string.Join(", ", sizes)}] has {data.Length:N0} bytes");
    }
}
