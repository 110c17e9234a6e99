namespace Flambeau.Tests.Scripts;

/// <summary>A structure of values.</summary>
public sealed record State(Tensor Hidden, long Step, double Scale = 1);

/// <summary>Values besides tensors: numbers, texts, tuples, lists, dictionaries, records.</summary>
public static partial class ValueScripts
{
    [Script]
    internal static (long, double, bool, long, double) Numbers(long a, long b, double c)
    {
        var i = (a + b * 3 - a / b) % 7 << 2 | 1;
        var d = c / a + Math.Sqrt(Math.Abs(c)) - Math.Pow(c, 2);
        var f = (float)c / 3;
        return (i, d, a > b && c <= 2.5 || !(a == 4), Math.Max(a, b) + (long)c, f + Math.Floor(c));
    }

    [Script]
    internal static string Texts(Tensor x, long n, double d, bool b)
    {
        var s = $"x has {x.Rank} axes, n is {n}, d {d}, b {b}";
        if (n > 1) s += "; many";
        return s == "" ? "empty" : s;
    }

    [Script]
    internal static Tensor Asserts(Tensor x, long n)
    {
        System.Diagnostics.Debug.Assert(n > 0, "n must be positive");
        return x * n;
    }

    [Script]
    internal static Tensor Tuples(Tensor x, (Tensor A, Tensor B) pair)
    {
        var (a, b) = pair;
        (a, b) = (b * 2, a);
        var t = (First: a + x, Second: (b, 3));
        return t.First * t.Second.Item2 + t.Second.b + pair.A;
    }

    [Script]
    internal static (Tensor, long) Lists(Tensor x, long n)
    {
        List<Tensor> list = [x, x * 2];
        list.Add(x.Relu());
        list.Insert(0, x - 1);
        list.RemoveAt(1);
        list[0] = list[0] * 3;
        var numbers = new long[] { 1, 2, 3 };
        numbers[1] = n;
        long sum = 0;
        foreach (var k in numbers) sum += k;
        return (Tensor.Stack([.. list]) + list[^1] + list.Count, sum + (numbers.Contains(n) ? 10 : 0));
    }

    [Script]
    internal static (Tensor, Dictionary<string, long>) Dictionaries(Tensor x)
    {
        var d = new Dictionary<string, Tensor> { ["a"] = x, ["b"] = x * 2 };
        d["c"] = d["a"] + d["b"];
        if (d.TryGetValue("c", out var c)) x = x + c;
        if (d.ContainsKey("z")) x = -x;
        foreach (var (key, value) in d) x = key == "b" ? x * value : x + value;
        return (x, new Dictionary<string, long> { ["n"] = d.Count, ["rank"] = x.Rank });
    }

    [Script]
    internal static State Records(State s, Tensor x)
    {
        var next = new State(s.Hidden + x, s.Step + 1);
        if (next.Step > 2) next = next with { Scale = next.Scale * 2, Hidden = next.Hidden * s.Scale };
        return next;
    }

    [Script]
    internal static Tensor Named(Tensor x) => Scaled(x, offset: 2) + Scaled(scale: 3, x: x) + Scaled(x);

    [Script]
    internal static Tensor Scaled(Tensor x, double scale = 1.5, long offset = 0)
    {
        if (scale > 2) return x * scale;
        return x * scale + offset;
    }

    [Script]
    internal static Tensor Shapes(Tensor x)
    {
        var n = x.Size(0);
        var rest = x.Numel / n;
        var y = x.Reshape([n, rest]).Transpose(0, 1);
        var z = Tensor.Zeros([rest, n], x.DType) + Tensor.Arange(n).To(DType.Float32);
        return (y + z).View([.. x.Shape]) * x.Shape[^1] + x.Rank;
    }
}

public sealed class ValueTests
{
    static readonly Tensor x = Tensor.From([0.5f, 1, -0.25f]), y = Tensor.From([-3f, 2, -1]);

    [Fact]
    public void Numbers() => Check.Same(Script.Of((Func<long, long, double, (long, double, bool, long, double)>)ValueScripts.Numbers), [7L, 2L, 2.25], [-7L, 2L, -1.5], [4L, 4L, 3.0]);

    [Fact]
    public void Texts() => Check.Same(Script.Of((Func<Tensor, long, double, bool, string>)ValueScripts.Texts), [x, 1L, 0.5, true], [x, 2L, -1e30, false]);

    [Fact]
    public void Asserts()
    {
        var f = Script.Of((Func<Tensor, long, Tensor>)ValueScripts.Asserts);
        Check.Same(f, [x, 2L]);
        Assert.Contains("n must be positive", Assert.ThrowsAny<Exception>(() => f.Call(x, -1L)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tuples() => Check.Same(Script.Of((Func<Tensor, (Tensor, Tensor), Tensor>)ValueScripts.Tuples), [x, (x, y)]);

    [Fact]
    public void Lists() => Check.Same(Script.Of((Func<Tensor, long, (Tensor, long)>)ValueScripts.Lists), [x, 3L], [x, 7L]);

    [Fact]
    public void Dictionaries() => Check.Same(Script.Of((Func<Tensor, (Tensor, Dictionary<string, long>)>)ValueScripts.Dictionaries), [x]);

    [Fact]
    public void Records() => Check.Same(Script.Of((Func<State, Tensor, State>)ValueScripts.Records), [new State(x, 0, 3), y], [new State(x, 5, 3), y]);

    [Fact]
    public void Named_and_default_arguments() => Check.Same(Script.Of((Func<Tensor, Tensor>)ValueScripts.Named), [x]);

    [Fact]
    public void Shapes_read_from_tensors() => Check.Same(Script.Of((Func<Tensor, Tensor>)ValueScripts.Shapes), [Tensor.From(new float[24], [2, 3, 4]) + 1], [x]);
}
