using Flambeau.Cuda.Libraries;

namespace Flambeau.Cuda.Dnn;

/// <summary>Descriptors that are made together and destroyed together; those that a plan needs afterwards are taken out.</summary>
internal sealed unsafe class Descriptors : IDisposable
{
    readonly List<nint> made = [];

    internal nint Make(Cudnn.Kind kind)
    {
        nint d;
        Cudnn.Check(Cudnn.cudnnBackendCreateDescriptor(kind, &d), $"cudnnBackendCreateDescriptor({kind})");
        made.Add(d);
        return d;
    }

    /// <summary>Keeps a descriptor alive after this.</summary>
    internal void Take(nint descriptor) => made.Remove(descriptor);

    internal static void Finish(nint d, string what) => Cudnn.Check(Cudnn.cudnnBackendFinalize(d), $"cuDNN's description of {what}");

    internal static void Set(nint d, Cudnn.Attribute name, Cudnn.Type type, long count, void* values) =>
        Cudnn.Check(Cudnn.cudnnBackendSetAttribute(d, name, type, count, values), $"cudnnBackendSetAttribute({name})");

    internal static void Set(nint d, Cudnn.Attribute name, Cudnn.Type type, int value) => Set(d, name, type, 1, &value);

    internal static void Set(nint d, Cudnn.Attribute name, nint descriptor) => Set(d, name, Cudnn.Type.Descriptor, 1, &descriptor);

    internal static void Set(nint d, Cudnn.Attribute name, long value) => Set(d, name, Cudnn.Type.Int64, 1, &value);

    internal static void Set(nint d, Cudnn.Attribute name, ReadOnlySpan<long> values)
    {
        fixed (long* v = values) Set(d, name, Cudnn.Type.Int64, values.Length, v);
    }

    /// <summary>A factor, in the precision of the arithmetic.</summary>
    internal static void Set(nint d, Cudnn.Attribute name, double value, bool isDouble)
    {
        var single = (float)value;
        Set(d, name, isDouble ? Cudnn.Type.Double : Cudnn.Type.Float, 1, isDouble ? &value : &single);
    }

    /// <summary>A tensor; one that only lives inside the graph is virtual.</summary>
    internal nint Tensor(long id, int dataType, ReadOnlySpan<long> sizes, ReadOnlySpan<long> strides, long alignment, bool isVirtual = false)
    {
        var t = Make(Cudnn.Kind.Tensor);
        Set(t, Cudnn.Attribute.TensorType, Cudnn.Type.DataType, dataType);
        Set(t, Cudnn.Attribute.TensorSizes, sizes);
        Set(t, Cudnn.Attribute.TensorStrides, strides);
        Set(t, Cudnn.Attribute.TensorId, id);
        Set(t, Cudnn.Attribute.TensorAlignment, alignment);
        if (isVirtual)
        {
            byte yes = 1;
            Set(t, Cudnn.Attribute.TensorIsVirtual, Cudnn.Type.Boolean, 1, &yes);
        }
        Finish(t, $"a tensor of sizes [{string.Join(", ", sizes.ToArray())}]");
        return t;
    }

    /// <summary>A pointwise operation; relu has no second operand.</summary>
    internal nint Pointwise(int mode, int precision, nint x, nint b, nint y)
    {
        var how = Make(Cudnn.Kind.Pointwise);
        Set(how, Cudnn.Attribute.PointwiseMode, Cudnn.Type.PointwiseMode, mode);
        Set(how, Cudnn.Attribute.PointwisePrecision, Cudnn.Type.DataType, precision);
        Finish(how, "a pointwise function");
        var op = Make(Cudnn.Kind.PointwiseOperation);
        Set(op, Cudnn.Attribute.PointwiseDescriptor, how);
        Set(op, Cudnn.Attribute.PointwiseX, x);
        if (b != 0) Set(op, Cudnn.Attribute.PointwiseB, b);
        Set(op, Cudnn.Attribute.PointwiseY, y);
        Finish(op, "a pointwise operation");
        return op;
    }

    public void Dispose()
    {
        for (var i = made.Count - 1; i >= 0; i--) _ = Cudnn.cudnnBackendDestroyDescriptor(made[i]);
        made.Clear();
    }
}
