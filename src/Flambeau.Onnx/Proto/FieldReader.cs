using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Flambeau.OnnxFormat;

/// <summary>Reads the field at hand if it is the one asked for.</summary>
internal sealed class FieldReader(CodedInputStream input) : Fields
{
    uint tag;

    /// <summary>Whether some field of the message was the one at hand.</summary>
    internal bool Taken { get; private set; }

    internal bool Next()
    {
        Taken = false;
        return (tag = input.ReadTag()) != 0;
    }

    bool Is(int number, WireFormat.WireType type)
    {
        if (Taken || tag != WireFormat.MakeTag(number, type)) return false;
        return Taken = true;
    }

    internal override string Text(int number, string value) => Is(number, WireFormat.WireType.LengthDelimited) ? input.ReadString() : value;

    internal override string? TextOrNull(int number, string? value) => Is(number, WireFormat.WireType.LengthDelimited) ? input.ReadString() : value;

    internal override long Long(int number, long value) => Is(number, WireFormat.WireType.Varint) ? input.ReadInt64() : value;

    internal override long? LongOrNull(int number, long? value) => Is(number, WireFormat.WireType.Varint) ? input.ReadInt64() : value;

    internal override float? Float(int number, float? value) => Is(number, WireFormat.WireType.Fixed32) ? input.ReadFloat() : value;

    internal override ByteString? Bytes(int number, ByteString? value) => Is(number, WireFormat.WireType.LengthDelimited) ? input.ReadBytes() : value;

    internal override T? Message<T>(int number, T? value, string name) where T : class
    {
        if (!Is(number, WireFormat.WireType.LengthDelimited)) return value;
        value ??= new();
        Naming(name, () => input.ReadMessage(value));
        return value;
    }

    internal override void List<T>(int number, RepeatedField<T> list, FieldCodec<T>[] codecs, string name)
    {
        if (Taken || WireFormat.GetTagFieldNumber(tag) != number) return;
        var type = WireFormat.GetTagWireType(tag);
        if (type != WireFormat.WireType.LengthDelimited && (typeof(T).IsClass || type != Element<T>())) return;
        Taken = true;
        var begin = list.Count;
        Naming(name, () => list.AddEntriesFrom(input, codecs[number]), () => $"[{Math.Max(begin, list.Count)}]");
    }

    static WireFormat.WireType Element<T>() =>
        typeof(T) == typeof(float) ? WireFormat.WireType.Fixed32 : typeof(T) == typeof(double) ? WireFormat.WireType.Fixed64 : WireFormat.WireType.Varint;

    /// <summary>Says in errors where in the message they arose.</summary>
    void Naming(string name, Action read, Func<string>? index = null)
    {
        try
        {
            read();
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new FieldException(Label(), $"near byte {input.Position:N0}: {e.Message}", e);
        }
        catch (FieldException e)
        {
            throw new FieldException($"{Label()}.{e.Path}", e.Reason, e);
        }

        string Label() => char.ToLowerInvariant(name[0]) + name[1..] + index?.Invoke();
    }
}

/// <summary>A field that can't be read, with its place in the message.</summary>
internal sealed class FieldException(string path, string reason, Exception inner) : Exception($"{path} {reason}", inner)
{
    internal string Path => path;
    internal string Reason => reason;
}
