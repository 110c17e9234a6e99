using Google.Protobuf;

namespace Flambeau.OnnxFormat;

/// <summary>Attributes from C# values.</summary>
internal static class AttributeWriter
{
    internal static AttributeProto Write(string name, object value)
    {
        var a = new AttributeProto { Name = name };
        switch (value)
        {
            case bool b: (a.Type, a.I) = (AttributeType.Int, b ? 1 : 0); break;
            case long or int or ElementType: (a.Type, a.I) = (AttributeType.Int, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)); break;
            case double d: (a.Type, a.F) = (AttributeType.Float, (float)d); break;
            case string s: (a.Type, a.S) = (AttributeType.String, ByteString.CopyFromUtf8(s)); break;
            case Tensor t: (a.Type, a.T) = (AttributeType.Tensor, TensorCodec.Write(t)); break;
            case GraphProto g: (a.Type, a.G) = (AttributeType.Graph, g); break;
            case long[] ints:
                a.Type = AttributeType.Ints;
                a.Ints.AddRange(ints);
                break;
            case string[] texts:
                a.Type = AttributeType.Strings;
                a.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8));
                break;
            default: throw new ArgumentException($"attribute '{name}' can't hold {value.GetType()}");
        }
        return a;
    }
}
