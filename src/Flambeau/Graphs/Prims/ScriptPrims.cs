using Flambeau.Ops;

namespace Flambeau.Graphs;

/// <summary>What programs compute besides tensors, further than plain arithmetic.</summary>
internal static class ScriptPrims
{
    [Op("prim.and_int(int a, int b) -> int")] internal static long And(long a, long b) => a & b;
    [Op("prim.or_int(int a, int b) -> int")] internal static long Or(long a, long b) => a | b;
    [Op("prim.xor_int(int a, int b) -> int")] internal static long Xor(long a, long b) => a ^ b;
    [Op("prim.shl_int(int a, int b) -> int")] internal static long Shl(long a, long b) => a << (int)b;
    [Op("prim.shr_int(int a, int b) -> int")] internal static long Shr(long a, long b) => a >> (int)b;
    [Op("prim.not_int(int a) -> int")] internal static long Not(long a) => ~a;
    [Op("prim.int_of_bool(bool a) -> int")] internal static long Int(bool a) => a ? 1 : 0;
    [Op("prim.eq_bool(bool a, bool b) -> bool")] internal static bool Eq(bool a, bool b) => a == b;

    [Op("prim.pow_int(int a, int b) -> int")]
    internal static long Pow(long a, long b)
    {
        if (b < 0) throw new ArgumentException($"{a} to the power {b} is no integer; use reals");
        long r = 1;
        for (; b > 0; b >>= 1, a *= a)
        {
            if ((b & 1) != 0) r *= a;
        }
        return r;
    }

    [Op("prim.floordiv_float(float a, float b) -> float")] internal static double FloorDiv(double a, double b) => Math.Floor(a / b);
    [Op("prim.floormod_float(float a, float b) -> float")] internal static double FloorMod(double a, double b) => a - b * Math.Floor(a / b);
    [Op("prim.log2_float(float a) -> float")] internal static double Log2(double a) => Math.Log2(a);
    [Op("prim.sin_float(float a) -> float")] internal static double Sin(double a) => Math.Sin(a);
    [Op("prim.cos_float(float a) -> float")] internal static double Cos(double a) => Math.Cos(a);
    [Op("prim.tanh_float(float a) -> float")] internal static double Tanh(double a) => Math.Tanh(a);
    [Op("prim.round_float(float a) -> float")] internal static double Round(double a) => Math.Round(a);
    [Op("prim.truncate_float(float a) -> float")] internal static double Truncate(double a) => Math.Truncate(a);
    [Op("prim.tosingle_float(float a) -> float")] internal static double Single(double a) => (float)a;

    /// <summary>A plain number of the category of the tensor's dtype.</summary>
    [Op("prim.item(Tensor self) -> Scalar")]
    internal static object Item(Tensor self) => Operand.Of(self.ToScalar()).Constant!;

    /// <summary>A number that stands where a tensor is expected: it takes part in type promotion only by category.</summary>
    [Op("prim.tensor(Scalar value) -> Tensor")]
    internal static Tensor Tensor(Scalar value) => Flambeau.Tensor.Wrapped(value);

    [Op("prim.int(Scalar value) -> int")] internal static long Int(Scalar value) => value.ToLong();
    [Op("prim.float(Scalar value) -> float")] internal static double Float(Scalar value) => value.ToDouble();
    [Op("prim.bool(Scalar value) -> bool")] internal static bool Bool(Scalar value) => value.ToBool();

    [Op("prim.requires_grad(Tensor self) -> bool")] internal static bool RequiresGrad(Tensor self) => self.RequiresGrad;
    [Op("prim.is_floating_point(dtype value) -> bool")] internal static bool IsFloatingPoint(DType value) => value.IsFloat();

    /// <summary>Equality of values of any type; lists by their items.</summary>
    [Op("prim.eq(any a, any b) -> bool")]
    internal static bool Same(object? a, object? b) => Interpreter.Normal(a) is object?[] x && Interpreter.Normal(b) is object?[] y
        ? x.Length == y.Length && x.Zip(y).All(static p => Same(p.First, p.Second))
        : Equals(Interpreter.Normal(a), Interpreter.Normal(b));

    [Op("prim.insert(any[] list, int index, any item) -> any[]")]
    internal static object Insert(object? list, long index, object? item)
    {
        var items = ListPrims.Items(list, "prim.insert").ToList();
        items.Insert((int)Math.Clamp(index < 0 ? index + items.Count : index, 0, items.Count), item);
        return items.ToArray();
    }

    [Op("prim.remove_at(any[] list, int index) -> any[]")]
    internal static object RemoveAt(object? list, long index)
    {
        var items = ListPrims.Items(list, "prim.remove_at").ToList();
        if (index < -items.Count || index >= items.Count) throw new ArgumentException($"prim.remove_at: index {index} is out of range for a list of {items.Count}");
        items.RemoveAt((int)(index < 0 ? index + items.Count : index));
        return items.ToArray();
    }

    [Op("prim.reverse(any[] list) -> any[]")]
    internal static object Reverse(object? list) => ListPrims.Items(list, "prim.reverse").Reverse().ToArray();

    [Op("prim.contains(any list, any item) -> bool")]
    internal static bool Contains(object? list, object? item) => list is System.Collections.IDictionary d ? d.Contains(item!)
        : list is string s ? s.Contains((string)item!, StringComparison.Ordinal)
        : ListPrims.Items(list, "prim.contains").Any(x => Same(x, item));

    /// <summary>Position of the first such item, −1 for none.</summary>
    [Op("prim.index_of(any list, any item) -> int")]
    internal static long IndexOf(object? list, object? item) => Array.FindIndex(ListPrims.Items(list, "prim.index_of"), x => Same(x, item));

    /// <summary>A dictionary of keys and as many values.</summary>
    [Op("prim.dict(any[] keys, any[] values) -> any")]
    internal static object Dict(object? keys, object? values)
    {
        var (k, v) = (ListPrims.Items(keys, "prim.dict"), ListPrims.Items(values, "prim.dict"));
        var d = new OrderedDictionary<object, object?>();
        for (var i = 0; i < k.Length; i++) d[k[i]!] = v[i];
        return d;
    }

    /// <summary>Writes a line to the console.</summary>
    [Op("prim.print(str text) -> None")]
    internal static object Print(string text)
    {
        Console.WriteLine(text);
        return text;
    }
}
