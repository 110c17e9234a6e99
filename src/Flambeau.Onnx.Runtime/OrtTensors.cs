using Flambeau.OnnxFormat;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Flambeau;

/// <summary>Tensors to and from ONNX Runtime's.</summary>
internal static class OrtTensors
{
    /// <summary>A copy.</summary>
    internal static OrtValue To(Tensor t)
    {
        var type = (TensorElementType)(int)ElementTypes.Of(t.DType);
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, t.Shape.ToArray());
        if (t.Numel > 0) TensorCodec.Bytes(t).CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    /// <summary>A copy; types we lack are carried by wider ones.</summary>
    internal static Tensor From(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        var p = new TensorProto { DataType = (ElementType)(int)info.ElementDataType };
        p.Dims.AddRange(info.Shape);
        p.RawData = Google.Protobuf.ByteString.CopyFrom(info.ElementCount > 0 ? value.GetTensorMutableRawData() : []);
        return TensorCodec.Read(p);
    }
}
