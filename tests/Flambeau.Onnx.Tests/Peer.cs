using Flambeau.OnnxFormat;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Flambeau.OnnxTests;

/// <summary>ONNX Runtime, to which results are compared.</summary>
internal static class Peer
{
    internal static Tensor[] Run(ModelProto model, params Tensor[] inputs)
    {
        using var session = new InferenceSession(model.ToByteArray());
        return Run(session, inputs);
    }

    internal static Tensor[] Run(string path, params Tensor[] inputs)
    {
        using var session = new InferenceSession(path);
        return Run(session, inputs);
    }

    static Tensor[] Run(InferenceSession session, Tensor[] inputs)
    {
        // Inputs that nothing needs may have been left out.
        var given = session.InputNames.Select((name, i) => Of(name, inputs[i])).ToArray();
        using var results = session.Run(given);
        return [.. results.Select(Back)];
    }

    static NamedOnnxValue Of(string name, Tensor t)
    {
        var dims = t.Shape.ToArray().Select(static s => (int)s).ToArray();
        return t.DType switch
        {
            DType.Float32 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(t.ToArray<float>(), dims)),
            DType.Float64 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<double>(t.ToArray<double>(), dims)),
            DType.Int64 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(t.ToArray<long>(), dims)),
            DType.Int32 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<int>(t.ToArray<int>(), dims)),
            DType.Bool => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<bool>(t.ToArray<bool>(), dims)),
            _ => throw new NotSupportedException(t.DType.Name()),
        };
    }

    static Tensor Back(DisposableNamedOnnxValue v) => v.Value switch
    {
        DenseTensor<float> t => Tensor.From(t.ToArray(), Dims(t.Dimensions)),
        DenseTensor<double> t => Tensor.From(t.ToArray(), Dims(t.Dimensions)),
        DenseTensor<long> t => Tensor.From(t.ToArray(), Dims(t.Dimensions)),
        DenseTensor<int> t => Tensor.From(t.ToArray(), Dims(t.Dimensions)),
        DenseTensor<bool> t => Tensor.From(t.ToArray(), Dims(t.Dimensions)),
        var o => throw new NotSupportedException(o?.GetType().Name),
    };

    static long[] Dims(ReadOnlySpan<int> dims) => [.. dims.ToArray().Select(static d => (long)d)];
}
