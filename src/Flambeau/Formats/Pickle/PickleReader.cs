using System.Globalization;
using System.Numerics;
using System.Text;

namespace Flambeau.Formats;

/// <summary>
/// Reads a pickle as data. It is a small stack machine: containers and numbers are built, and a global is only what the host
/// says it is. Loops don't recurse, every length is checked against the bytes left, and a value costs at least a byte of input.
/// </summary>
internal sealed class PickleReader(ByteCursor input, PickleHost host)
{
    const long MaxString = 1 << 28;
    const int MaxLine = 1 << 16, MaxDigits = 2048;

    static readonly UTF8Encoding utf8 = new(false, throwOnInvalidBytes: true);

    readonly List<object?> stack = [];
    readonly Stack<int> marks = new();
    readonly Dictionary<uint, object?> memo = [];

    /// <summary>Runs to the STOP instruction and returns the object; the tree may still share, nest and loop freely.</summary>
    internal object? Read()
    {
        for (; ; )
        {
            var op = input.Byte();
            if (op == PickleOp.Stop)
            {
                if (marks.Count > 0) throw Bad("it ends inside an open list");
                return Pop();
            }
            Step(op);
        }
    }

    void Step(byte op)
    {
        switch (op)
        {
            case PickleOp.Proto:
                var version = input.Byte();
                if (version > 5) throw Bad($"it has protocol {version}; 0 to 5 are known");
                break;
            case PickleOp.Frame:
                if (input.UInt64() > (ulong)input.Remaining) throw Bad("a frame is longer than the data");
                break;
            case PickleOp.Mark: marks.Push(stack.Count); break;
            case PickleOp.Pop:
                if (marks.Count > 0 && marks.Peek() == stack.Count) marks.Pop();
                else Pop();
                break;
            case PickleOp.PopMark: PopToMark(); break;
            case PickleOp.Dup: Push(Top()); break;
            case PickleOp.None: Push(null); break;
            case PickleOp.NewTrue: Push(true); break;
            case PickleOp.NewFalse: Push(false); break;
            case PickleOp.Int: Push(Number(Line())); break;
            case PickleOp.BinInt: Push((long)input.Int32()); break;
            case PickleOp.BinInt1: Push((long)input.Byte()); break;
            case PickleOp.BinInt2: Push((long)input.UInt16()); break;
            case PickleOp.Long: Push(Number(Line().TrimEnd('L'))); break;
            case PickleOp.Long1: Push(Big(input.Bytes(input.Byte(), MaxDigits))); break;
            case PickleOp.Long4: Push(Big(input.Bytes(input.UInt32(), MaxDigits))); break;
            case PickleOp.Float:
                Push(double.TryParse(Line(), NumberStyles.Float, CultureInfo.InvariantCulture, out var d) ? d : throw Bad("a float isn't a number"));
                break;
            case PickleOp.BinFloat: Push(input.BigEndianDouble()); break;
            case PickleOp.String: Push(Quoted(Line())); break;
            case PickleOp.BinString: Push(OldString(input.UInt32())); break;
            case PickleOp.ShortBinString: Push(OldString(input.Byte())); break;
            case PickleOp.Unicode: Push(RawUnicode(Line())); break;
            case PickleOp.BinUnicode: Push(Text(input.UInt32())); break;
            case PickleOp.ShortBinUnicode: Push(Text(input.Byte())); break;
            case PickleOp.BinUnicode8: Push(Text(input.UInt64())); break;
            case PickleOp.BinBytes: Push(input.Bytes(input.UInt32(), MaxString)); break;
            case PickleOp.ShortBinBytes: Push(input.Bytes(input.Byte(), MaxString)); break;
            case PickleOp.BinBytes8 or PickleOp.ByteArray8: Push(input.Bytes(input.UInt64(), MaxString)); break;
            case PickleOp.EmptyList: Push(new List<object?>()); break;
            case PickleOp.List: Push(PopToMark().ToList()); break;
            case PickleOp.EmptyDict: Push(new PyDict()); break;
            case PickleOp.EmptyTuple: Push(PyTuple.Empty); break;
            case PickleOp.Tuple: Push(new PyTuple(PopToMark())); break;
            case PickleOp.Tuple1: Push(new PyTuple(PopMany(1))); break;
            case PickleOp.Tuple2: Push(new PyTuple(PopMany(2))); break;
            case PickleOp.Tuple3: Push(new PyTuple(PopMany(3))); break;
            case PickleOp.EmptySet: Push(new HashSet<object>(PyKeys.Instance)); break;
            case PickleOp.FrozenSet: Push(PickleBuilders.Set(PopToMark())); break;
            case PickleOp.Append:
                var item = Pop();
                PickleBuilders.Append(Top(), [item]);
                break;
            case PickleOp.Appends:
                var items = PopToMark();
                PickleBuilders.Append(Top(), items);
                break;
            case PickleOp.AddItems:
                var members = PopToMark();
                PickleBuilders.Add(Top(), members);
                break;
            case PickleOp.Dict:
                var content = PopToMark();
                var dict = new PyDict();
                PickleBuilders.SetItems(dict, content);
                Push(dict);
                break;
            case PickleOp.SetItem:
                var pair = PopMany(2);
                PickleBuilders.SetItems(Top(), pair);
                break;
            case PickleOp.SetItems:
                var pairs = PopToMark();
                PickleBuilders.SetItems(Top(), pairs);
                break;
            default: Refer(op); break;
        }
    }

    void Refer(byte op)
    {
        switch (op)
        {
            case PickleOp.Get: Push(Recall(uint.TryParse(Line(), NumberStyles.None, CultureInfo.InvariantCulture, out var g) ? g : throw Bad("a memo number is malformed"))); break;
            case PickleOp.BinGet: Push(Recall(input.Byte())); break;
            case PickleOp.LongBinGet: Push(Recall(input.UInt32())); break;
            case PickleOp.Put: memo[uint.TryParse(Line(), NumberStyles.None, CultureInfo.InvariantCulture, out var p) ? p : throw Bad("a memo number is malformed")] = Top(); break;
            case PickleOp.BinPut: memo[input.Byte()] = Top(); break;
            case PickleOp.LongBinPut: memo[input.UInt32()] = Top(); break;
            case PickleOp.Memoize: memo[(uint)memo.Count] = Top(); break;
            case PickleOp.Global:
                var module = Line();
                Push(host.Global(module, Line()));
                break;
            case PickleOp.StackGlobal:
                Push(PopMany(2) is [string m, string n] ? host.Global(m, n) : throw Bad("a global's name isn't a string"));
                break;
            case PickleOp.Inst:
                var className = Line();
                var type = host.Global(className, Line());
                Push(type.Call(new PyTuple(PopToMark())));
                break;
            case PickleOp.Obj:
                var parts = PopToMark();
                Push(parts is [PickleGlobal c, ..] ? c.Call(new PyTuple(parts[1..])) : throw Bad("an object is made of no class"));
                break;
            case PickleOp.Reduce or PickleOp.NewObj:
                Push(PopMany(2) is [PickleGlobal f, PyTuple a] ? f.Call(a) : throw Bad("it calls something that is no function"));
                break;
            case PickleOp.NewObjEx:
                Push(PopMany(3) is [PickleGlobal k, PyTuple b, PyDict { Count: 0 }] ? k.Call(b) : throw Bad("an object is made with named arguments, which isn't supported"));
                break;
            case PickleOp.Build:
                var state = Pop();
                PickleBuilders.Build(Top(), state);
                break;
            case PickleOp.PersId: Push(host.Persistent(Line())); break;
            case PickleOp.BinPersId: Push(host.Persistent(Pop())); break;
            default: throw Bad($"instruction 0x{op:x2} at byte {input.Position - 1:N0} is unknown or not supported");
        }
    }

    static CheckpointException Bad(string what) => new($"the pickle is damaged: {what}");

    void Push(object? value) => stack.Add(value);

    int Floor => marks.Count > 0 ? marks.Peek() : 0;

    object? Top() => stack.Count > Floor ? stack[^1] : throw Bad("it uses a value where there is none");

    object? Pop()
    {
        var top = Top();
        stack.RemoveAt(stack.Count - 1);
        return top;
    }

    object?[] PopMany(int count)
    {
        if (stack.Count - Floor < count) throw Bad("it uses a value where there is none");
        return Cut(stack.Count - count);
    }

    object?[] PopToMark() => marks.TryPop(out var from) ? Cut(from) : throw Bad("a list ends that never began");

    object?[] Cut(int from)
    {
        var items = stack.GetRange(from, stack.Count - from).ToArray();
        stack.RemoveRange(from, items.Length);
        return items;
    }

    object? Recall(uint id) => memo.TryGetValue(id, out var v) ? v : throw Bad($"it recalls value {id}, which was never stored");

    string Text(ulong count) => Decode(input.Bytes(count, MaxString));

    string Line() => Decode(input.Line(MaxLine)).TrimEnd('\r');

    static string Decode(byte[] bytes)
    {
        try
        {
            return utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Bad("a string isn't UTF-8");
        }
    }

    /// <summary>A Python 2 string: text if it can be, else bytes.</summary>
    object OldString(uint count)
    {
        var bytes = input.Bytes(count, MaxString);
        return System.Text.Unicode.Utf8.IsValid(bytes) ? utf8.GetString(bytes) : bytes;
    }

    static string Quoted(string line) =>
        line.Length >= 2 && line[0] is '\'' or '"' && line[^1] == line[0] && !line.Contains('\\', StringComparison.Ordinal)
            ? line[1..^1]
            : throw Bad("a protocol-0 string is malformed, or has escapes, which isn't supported");

    static string RawUnicode(string line) =>
        line.Contains('\\', StringComparison.Ordinal) ? throw Bad("a protocol-0 string has escapes, which isn't supported") : line;

    static object Number(string text)
    {
        if (text == "01") return true;
        if (text == "00") return false;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small)) return small;
        return text.Length <= MaxDigits && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var big) ? big : throw Bad("an integer isn't a number");
    }

    static object Big(byte[] littleEndian)
    {
        var big = new BigInteger(littleEndian);
        return big >= long.MinValue && big <= long.MaxValue ? (object)(long)big : big;
    }
}
