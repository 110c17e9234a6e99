using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Flambeau.Formats;

/// <summary>
/// Writes pickle instructions of protocol 2, restricted to those PyTorch's weights-only reader knows. Equal strings and globals are written once
/// and recalled afterwards.
/// </summary>
internal sealed class PickleWriter
{
    static readonly UTF8Encoding utf8 = new(false, throwOnInvalidBytes: true);

    readonly ArrayBufferWriter<byte> output = new();
    readonly Dictionary<string, uint> strings = new(StringComparer.Ordinal), globals = new(StringComparer.Ordinal);
    uint memo;

    internal PickleWriter()
    {
        Op(PickleOp.Proto);
        Op(2);
    }

    internal ReadOnlySpan<byte> Finish()
    {
        Op(PickleOp.Stop);
        return output.WrittenSpan;
    }

    internal void Op(byte op)
    {
        output.GetSpan(1)[0] = op;
        output.Advance(1);
    }

    internal void Bool(bool v) => Op(v ? PickleOp.NewTrue : PickleOp.NewFalse);

    internal void Int(long v)
    {
        switch (v)
        {
            case >= 0 and <= byte.MaxValue:
                Op(PickleOp.BinInt1);
                Op((byte)v);
                break;
            case >= 0 and <= ushort.MaxValue:
                Op(PickleOp.BinInt2);
                BinaryPrimitives.WriteUInt16LittleEndian(output.GetSpan(2), (ushort)v);
                output.Advance(2);
                break;
            case >= int.MinValue and <= int.MaxValue:
                Op(PickleOp.BinInt);
                BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), (int)v);
                output.Advance(4);
                break;
            default: Int(new BigInteger(v)); break;
        }
    }

    /// <exception cref="ArgumentException">More than 255 bytes.</exception>
    internal void Int(BigInteger v)
    {
        var bytes = v.ToByteArray();
        if (bytes.Length > byte.MaxValue) throw new ArgumentException($"an integer of {bytes.Length} bytes can't be written; 255 are the most");
        Op(PickleOp.Long1);
        Op((byte)bytes.Length);
        output.Write(bytes);
    }

    internal void Float(double v)
    {
        Op(PickleOp.BinFloat);
        BinaryPrimitives.WriteDoubleBigEndian(output.GetSpan(8), v);
        output.Advance(8);
    }

    /// <exception cref="ArgumentException">The string has a lone surrogate, which UTF-8 can't say.</exception>
    internal void Text(string v)
    {
        if (strings.TryGetValue(v, out var id))
        {
            Recall(id);
            return;
        }
        var bytes = utf8.GetBytes(v);
        Op(PickleOp.BinUnicode);
        UInt32((uint)bytes.Length);
        output.Write(bytes);
        strings.Add(v, Memoize());
    }

    internal void Global(string module, string name)
    {
        var key = $"{module} {name}";
        if (globals.TryGetValue(key, out var id))
        {
            Recall(id);
            return;
        }
        Op(PickleOp.Global);
        output.Write(utf8.GetBytes($"{module}\n{name}\n"));
        globals.Add(key, Memoize());
    }

    /// <summary>Ends a tuple of the last so many values.</summary>
    internal void Tuple(int count, Action items)
    {
        if (count == 0) Op(PickleOp.EmptyTuple);
        else if (count > 3) Op(PickleOp.Mark);
        items();
        if (count > 0) Op(count switch { 1 => PickleOp.Tuple1, 2 => PickleOp.Tuple2, 3 => PickleOp.Tuple3, _ => PickleOp.Tuple });
    }

    /// <summary>Stores the value just written under a number of its own.</summary>
    internal uint Memoize()
    {
        var id = memo++;
        if (id <= byte.MaxValue)
        {
            Op(PickleOp.BinPut);
            Op((byte)id);
        }
        else
        {
            Op(PickleOp.LongBinPut);
            UInt32(id);
        }
        return id;
    }

    internal void Recall(uint id)
    {
        if (id <= byte.MaxValue)
        {
            Op(PickleOp.BinGet);
            Op((byte)id);
        }
        else
        {
            Op(PickleOp.LongBinGet);
            UInt32(id);
        }
    }

    void UInt32(uint v)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(4), v);
        output.Advance(4);
    }
}
