using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Flambeau.OnnxFormat;

/// <summary>Writes every field that isn't absent.</summary>
internal sealed class FieldWriter(CodedOutputStream output) : Fields
{
    internal override string Text(int number, string value)
    {
        if (value.Length > 0) TextOrNull(number, value);
        return value;
    }

    internal override string? TextOrNull(int number, string? value)
    {
        if (value is null) return value;
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
        return value;
    }

    internal override long Long(int number, long value)
    {
        if (value != 0) LongOrNull(number, value);
        return value;
    }

    internal override long? LongOrNull(int number, long? value)
    {
        if (value is not { } v) return value;
        output.WriteTag(number, WireFormat.WireType.Varint);
        output.WriteInt64(v);
        return value;
    }

    internal override float? Float(int number, float? value)
    {
        if (value is not { } v) return value;
        output.WriteTag(number, WireFormat.WireType.Fixed32);
        output.WriteFloat(v);
        return value;
    }

    internal override ByteString? Bytes(int number, ByteString? value)
    {
        if (value is null) return value;
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(value);
        return value;
    }

    internal override T? Message<T>(int number, T? value, string name) where T : class
    {
        if (value is null) return value;
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteMessage(value);
        return value;
    }

    internal override void List<T>(int number, RepeatedField<T> list, FieldCodec<T>[] codecs, string name) => list.WriteTo(output, codecs[number]);
}

/// <summary>Adds up what <see cref="FieldWriter"/> writes.</summary>
internal sealed class FieldSizer : Fields
{
    long total;

    internal int Total => total <= int.MaxValue ? (int)total
        : throw new OnnxException($"the model would have {total:N0} bytes, but a file of this format can have 2 GiB at most; keep large tensors as external data");

    internal override string Text(int number, string value)
    {
        if (value.Length > 0) TextOrNull(number, value);
        return value;
    }

    internal override string? TextOrNull(int number, string? value)
    {
        if (value is not null) total += CodedOutputStream.ComputeTagSize(number) + CodedOutputStream.ComputeStringSize(value);
        return value;
    }

    internal override long Long(int number, long value)
    {
        if (value != 0) LongOrNull(number, value);
        return value;
    }

    internal override long? LongOrNull(int number, long? value)
    {
        if (value is { } v) total += CodedOutputStream.ComputeTagSize(number) + CodedOutputStream.ComputeInt64Size(v);
        return value;
    }

    internal override float? Float(int number, float? value)
    {
        if (value is not null) total += CodedOutputStream.ComputeTagSize(number) + sizeof(float);
        return value;
    }

    internal override ByteString? Bytes(int number, ByteString? value)
    {
        if (value is not null) total += CodedOutputStream.ComputeTagSize(number) + (long)CodedOutputStream.ComputeBytesSize(value);
        return value;
    }

    internal override T? Message<T>(int number, T? value, string name) where T : class
    {
        if (value is not null) total += CodedOutputStream.ComputeTagSize(number) + (long)CodedOutputStream.ComputeMessageSize(value);
        return value;
    }

    internal override void List<T>(int number, RepeatedField<T> list, FieldCodec<T>[] codecs, string name)
    {
        if (list is not IEnumerable<IMessage> messages) total += list.CalculateSize(codecs[number]);
        else
        {
            foreach (var m in messages) total += CodedOutputStream.ComputeTagSize(number) + (long)CodedOutputStream.ComputeMessageSize(m);
        }
    }
}
