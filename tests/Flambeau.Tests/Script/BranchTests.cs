namespace Flambeau.Tests.Scripts;

/// <summary>Branches, early returns, errors.</summary>
public static partial class BranchScripts
{
    [Script]
    internal static Tensor IfElse(Tensor x, bool flip)
    {
        var y = x * 2;
        if (flip) y = -y;
        else y = y + 1;
        return y;
    }

    [Script]
    internal static Tensor OnTensor(Tensor x)
    {
        if ((x.Sum() > 0).Item<bool>()) return x.Relu();
        var y = x.Exp();
        if (y.Max().Item<double>() < 0.5) return y;
        return y + x;
    }

    [Script]
    internal static Tensor Ternary(Tensor x, long n) => n > 2 ? x * n : n == 0 ? x : x - n;

    [Script]
    internal static Tensor ShortCircuit(Tensor x, long n)
    {
        if (n != 0 && 10 / n > 2 || x.Rank == 0) return x + 1;
        return x - 1;
    }

    [Script]
    internal static Tensor Throws(Tensor x, long n)
    {
        if (n < 0) throw new ArgumentException($"n is {n}, but must not be negative; x has {x.Size(0)} rows", nameof(n));
        return x * n;
    }

    [Script]
    internal static Tensor NestedReturns(Tensor x, long a, long b)
    {
        if (a > 0)
        {
            if (b > 0) return x;
            x = x * 2;
        }
        else if (b > 5) x = x + 3;
        return x * x;
    }

    [Script]
    internal static Tensor Switches(Tensor x, long n)
    {
        var k = n switch { 0 => 1.5, > 3 and < 7 => 2.5, _ => -1 };
        switch (n)
        {
            case 1: x = x + 1; break;
            case 2 or 3: return x.Sigmoid();
            default: x = x * 3; break;
        }
        return x * k;
    }

    [Script]
    internal static (Tensor, long) Both(Tensor x, bool left)
    {
        long n = 1;
        if (left) (x, n) = (x + x, n + 1);
        return (x, n);
    }

    [Script]
    internal static Tensor Optional(Tensor x, Tensor? bias = null, double scale = 2, long? n = null)
    {
        if (bias is not null) x = x + bias;
        if (n is { } k && k > 1) x = x * k;
        return x * scale + (n ?? 5);
    }
}

public sealed class BranchTests
{
    static readonly Tensor up = Tensor.From([0.5f, 1, -0.25f]), down = Tensor.From([-3f, -2, -1]);

    [Fact]
    public void If_else() => Check.Same(Script.Of((Func<Tensor, bool, Tensor>)BranchScripts.IfElse), [up, true], [up, false]);

    [Fact]
    public void If_on_tensors_with_early_returns() => Check.Same(Script.Of((Func<Tensor, Tensor>)BranchScripts.OnTensor), [up], [down], [Tensor.From([1f, -2])]);

    [Fact]
    public void Ternary() => Check.Same(Script.Of((Func<Tensor, long, Tensor>)BranchScripts.Ternary), [up, 3L], [up, 0L], [up, 1L]);

    [Fact]
    public void Short_circuit() => Check.Same(Script.Of((Func<Tensor, long, Tensor>)BranchScripts.ShortCircuit), [up, 0L], [up, 2L], [up, 9L], [Tensor.FromScalar(1f), 9L]);

    [Fact]
    public void Throw() => Check.Same(Script.Of((Func<Tensor, long, Tensor>)BranchScripts.Throws), [up, 2L], [up, -2L]);

    [Fact]
    public void Returns_from_nested_branches() => Check.Same(Script.Of((Func<Tensor, long, long, Tensor>)BranchScripts.NestedReturns), [up, 1L, 1L], [up, 1L, 0L], [up, 0L, 6L], [up, 0L, 1L]);

    [Fact]
    public void Switch() => Check.Same(Script.Of((Func<Tensor, long, Tensor>)BranchScripts.Switches), [up, 0L], [up, 1L], [up, 2L], [up, 3L], [up, 5L], [up, 9L]);

    [Fact]
    public void Tuples() => Check.Same(Script.Of((Func<Tensor, bool, (Tensor, long)>)BranchScripts.Both), [up, true], [up, false]);

    [Fact]
    public void Optional_arguments() => Check.Same(Script.Of((Func<Tensor, Tensor?, double, long?, Tensor>)BranchScripts.Optional), [up], [up, down], [up, null, 3.0, 4L], [up, down, 1.0, 1L]);
}
