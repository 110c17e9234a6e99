namespace Flambeau.Graphs.Text;

/// <summary>Reads types.</summary>
internal static class TypeParser
{
    internal static GraphType Parse(Tokens t, int depth = 0)
    {
        if (depth > 50) throw t.Error("types are nested more than 50 deep");
        var type = Plain(t, depth);
        while (true)
        {
            if (t.Take('?')) type = new OptionalType(type);
            else if (t.Take('['))
            {
                t.Expect(']');
                type = new ListType(type);
            }
            else return type;
        }
    }

    static GraphType Plain(Tokens t, int depth)
    {
        if (t.Take('('))
        {
            var parts = new List<GraphType>();
            while (!t.Take(')'))
            {
                if (parts.Count > 0) t.Expect(',');
                parts.Add(Parse(t, depth + 1));
            }
            return new TupleType(parts);
        }
        var word = t.ExpectName("a type");
        switch (word)
        {
            case "Tensor": return TensorOf(t);
            case "int": return GraphType.Int;
            case "float": return GraphType.Float;
            case "bool": return GraphType.Bool;
            case "str": return GraphType.String;
            case "dtype": return GraphType.DType;
            case "Scalar": return GraphType.Scalar;
            case "None": return GraphType.None;
            case "any": return GraphType.Any;
            case "dict":
                t.Expect('(');
                var key = Parse(t, depth + 1);
                t.Expect(',');
                var item = Parse(t, depth + 1);
                t.Expect(')');
                return new DictType(key, item);
            default: throw t.Error($"'{word}' is no type");
        }
    }

    static TensorType TensorOf(Tokens t)
    {
        if (!t.Take('<')) return GraphType.Tensor;
        DType? dtype = t.Take('?') ? null : DTypeOf(t, t.ExpectName("a dtype"));
        List<Dim>? shape = null;
        Device? device = Device.Cpu;
        if (t.Take(','))
        {
            if (t.Take('['))
            {
                shape = [];
                while (!t.Take(']'))
                {
                    if (shape.Count > 0) t.Expect(',');
                    shape.Add(DimOf(t));
                }
                if (t.Take(',')) device = DeviceOf(t);
            }
            else device = DeviceOf(t);
        }
        t.Expect('>');
        return new(dtype, shape, device);
    }

    static Device? DeviceOf(Tokens t)
    {
        if (t.Take('?')) return null;
        var name = t.ExpectName("a device");
        if (t.Take(':')) name += ":" + t.ExpectName("a device number");
        try
        {
            return Device.Parse(name);
        }
        catch (ArgumentException e)
        {
            throw t.Error(e.Message);
        }
    }

    static Dim DimOf(Tokens t)
    {
        if (t.Take('?')) return default;
        if (char.IsAsciiDigit(t.Peek())) return t.Number() is long n ? n : throw t.Error("a size must be an integer");
        return t.ExpectName("a size");
    }

    internal static DType DTypeOf(Tokens t, string word)
    {
        try
        {
            return DTypes.Parse(word);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException)
        {
            throw t.Error($"'{word}' is no dtype");
        }
    }
}
