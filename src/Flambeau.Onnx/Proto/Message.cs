using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Flambeau.OnnxFormat;

/// <summary>A message of the format. Fields it doesn't know are kept and written back.</summary>
public abstract class Message<T> : IMessage<T> where T : Message<T>, new()
{
    UnknownFieldSet? unknown;

    /// <summary>Names every field to the visitor, in the order of writing.</summary>
    private protected abstract void Visit(Fields f);

    MessageDescriptor IMessage.Descriptor => throw new NotSupportedException("messages of ONNX are described by their classes, not by descriptors");

    /// <summary>Reads fields to the end of the input or of the message around it.</summary>
    public void MergeFrom(CodedInputStream input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var reader = new FieldReader(input);
        while (reader.Next())
        {
            Visit(reader);
            if (!reader.Taken) unknown = UnknownFieldSet.MergeFieldFrom(unknown, input);
        }
    }

    /// <summary>Writes the fields.</summary>
    public void WriteTo(CodedOutputStream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        Visit(new FieldWriter(output));
        unknown?.WriteTo(output);
    }

    /// <summary>Bytes that <see cref="WriteTo"/> writes.</summary>
    /// <exception cref="OnnxException">More than 2 GiB, the most a file of this format can have.</exception>
    public int CalculateSize()
    {
        var sizer = new FieldSizer();
        Visit(sizer);
        return sizer.Total + (unknown?.CalculateSize() ?? 0);
    }

    /// <summary>Takes over the fields of the other message, as if its bytes followed.</summary>
    public void MergeFrom(T message)
    {
        ArgumentNullException.ThrowIfNull(message);
        MergeFrom(new CodedInputStream(message.ToByteArray()));
    }

    /// <summary>A deep copy.</summary>
    public T Clone()
    {
        var copy = new T();
        copy.MergeFrom((T)this);
        return copy;
    }

    /// <summary>Whether both have the same fields.</summary>
    public bool Equals(T? other) => other is not null && (ReferenceEquals(this, other) || this.ToByteArray().AsSpan().SequenceEqual(other.ToByteArray()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as T);

    /// <inheritdoc/>
    public override int GetHashCode() => CalculateSize();
}
