using Flambeau.Formats;
using Google.Protobuf;

namespace Flambeau.OnnxFormat;

/// <summary>Reads and writes files of the format's messages.</summary>
public static class OnnxFile
{
    /// <summary>Levels of messages in messages, three for each graph in a graph, that are read at most.</summary>
    const int MaxDepth = 200;

    /// <summary>Reads a model.</summary>
    /// <exception cref="OnnxException">The file is damaged; says at which field and byte.</exception>
    public static ModelProto Read(string path) => Read<ModelProto>(path);

    /// <summary>Reads a model in memory.</summary>
    /// <exception cref="OnnxException">As for a file.</exception>
    public static ModelProto Read(ReadOnlyMemory<byte> bytes) => Read<ModelProto>(bytes);

    /// <summary>Reads a message of a stated type, such as the <see cref="TensorProto"/> of test data.</summary>
    /// <exception cref="OnnxException">The file is damaged; says at which field and byte.</exception>
    public static T Read<T>(string path) where T : Message<T>, new()
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        if (stream.Length > int.MaxValue) throw new OnnxException($"{path} has {stream.Length:N0} bytes; a file of this format can have 2 GiB at most (larger models keep tensors as external data)");
        using var input = CodedInputStream.CreateWithLimits(stream, (int)Math.Max(stream.Length, 1), MaxDepth);
        return Read<T>(input, path);
    }

    /// <summary>Reads a message of a stated type in memory.</summary>
    /// <exception cref="OnnxException">As for a file.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> bytes) where T : Message<T>, new()
    {
        using var stream = new MemoryStream(bytes.ToArray(), writable: false);
        using var input = CodedInputStream.CreateWithLimits(stream, Math.Max(bytes.Length, 1), MaxDepth);
        return Read<T>(input, "the model");
    }

    static T Read<T>(CodedInputStream input, string file) where T : Message<T>, new()
    {
        var message = new T();
        var root = typeof(T) == typeof(ModelProto) ? "model" : typeof(T).Name;
        try
        {
            message.MergeFrom(input);
            if (!input.IsAtEnd) throw new OnnxException($"{file}: {root} ends at byte {input.Position:N0} with a group that doesn't belong to the format");
            return message;
        }
        catch (FieldException e)
        {
            throw new OnnxException($"{file}: {root}.{e.Path} is damaged {e.Reason}", e);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new OnnxException($"{file}: {root} is damaged near byte {input.Position:N0}: {e.Message}", e);
        }
    }

    /// <summary>Writes a message. The file appears complete or not at all.</summary>
    /// <exception cref="OnnxException">It would have more than 2 GiB.</exception>
    public static void Write<T>(T message, string path) where T : Message<T>, new()
    {
        ArgumentNullException.ThrowIfNull(message);
        _ = message.CalculateSize();
        AtomicFile.Write(path, message.WriteTo);
    }
}
