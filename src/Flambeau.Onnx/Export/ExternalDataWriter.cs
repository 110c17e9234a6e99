using System.Globalization;

namespace Flambeau.OnnxFormat;

/// <summary>Writes tensors one after the other to a file beside the model, each at the start of a page, so that readers can map them.</summary>
internal static class ExternalDataWriter
{
    const int Page = 4096;

    internal static void Write(Stream stream, string file, IEnumerable<TensorProto> protos, IReadOnlyDictionary<string, (Tensor Tensor, ElementType Type)> tensors)
    {
        long at = 0;
        foreach (var p in protos)
        {
            var padding = (int)(-at & (Page - 1));
            stream.Write(new byte[padding]);
            at += padding;
            var (tensor, type) = tensors[p.Name];
            var bytes = TensorCodec.Bytes(tensor, type);
            stream.Write(bytes);
            p.DataLocation = 1;
            Add("location", file);
            Add("offset", at.ToString(CultureInfo.InvariantCulture));
            Add("length", bytes.LongLength.ToString(CultureInfo.InvariantCulture));
            at += bytes.LongLength;

            void Add(string key, string value) => p.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        }
    }
}
