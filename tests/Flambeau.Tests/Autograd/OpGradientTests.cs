using System.Runtime.CompilerServices;
using Flambeau.Autograd;
using Flambeau.Ops;

namespace Flambeau.Tests.Autograd;

/// <summary>First and second derivatives of every differentiable primitive, found through the registry.</summary>
public sealed class OpGradientTests
{
    static readonly ILookup<string, OpSample> written = typeof(IOpSamples).Assembly.GetTypes()
        .Where(static t => typeof(IOpSamples).IsAssignableFrom(t) && !t.IsInterface)
        .SelectMany(static t => ((IOpSamples)Activator.CreateInstance(t)!).Samples).ToLookup(static s => s.Op);

    public static TheoryData<string> Names => [.. Registry.Entries.Where(static e => e.IsPrimitive && e.IsDifferentiable).Select(static e => e.Name).Distinct().Order(StringComparer.Ordinal)];

    static IEnumerable<OpSample> SamplesOf(string name) =>
        written.Contains(name) ? written[name] : Registry.Find(name).Where(static e => e.IsPrimitive).Select(DefaultSample.Of);

    [Theory]
    [MemberData(nameof(Names))]
    public void First_and_second_derivative(string name)
    {
        var checks = 0;
        foreach (var sample in SamplesOf(name))
        {
            var (f, inputs) = Prepare(sample);
            Assert.True(inputs.Length > 0, $"{name}: the sample has no floating-point tensor to vary");
            Report(name, "first", GradCheck.Check(f, inputs));
            if (sample.NoSecond is null) Report(name, "second", GradCheck.CheckSecond(f, inputs));
            checks++;
        }
        Assert.True(checks > 0, $"{name} has no sample");
    }

    static void Report(string name, string order, string? problem) => Assert.True(problem is null, $"{name}, {order} derivative: {problem}. Does the op need a sample in Autograd/Samples?");

    static (Func<Tensor[], Tensor[]> F, Tensor[] Inputs) Prepare(OpSample sample)
    {
        var inputs = new List<Tensor>();
        for (var i = 0; i < sample.Arguments.Length; i++)
        {
            if (Array.IndexOf(sample.Fixed, i) < 0) Collect(sample.Arguments[i], inputs);
        }
        foreach (var v in sample.Named.Values) Collect(v, inputs);
        return (xs =>
        {
            var at = 0;
            if (sample.Before is { } before) xs = before(xs);
            var args = sample.Arguments.Select((a, i) => Array.IndexOf(sample.Fixed, i) < 0 ? Replace(a, xs, ref at) : a).ToArray();
            var named = sample.Named.ToDictionary(static k => k.Key, k => Replace(k.Value, xs, ref at));
            var y = Flatten(Registry.Call(sample.Op, args, named));
            return sample.After is { } after ? after(y) : y;
        }, [.. inputs.Select(static t => t.Detach().WithGrad())]);
    }

    static bool IsVaried(object? o) => o is Tensor t && t.DType.IsDifferentiable();

    static void Collect(object? o, List<Tensor> into)
    {
        if (IsVaried(o)) into.Add((Tensor)o!);
        else if (o is IEnumerable<object?> list)
        {
            foreach (var e in list) Collect(e, into);
        }
    }

    static object? Replace(object? o, Tensor[] xs, ref int at)
    {
        if (IsVaried(o)) return xs[at++];
        if (o is not IEnumerable<object?> list) return o;
        var r = new List<object?>();
        foreach (var e in list) r.Add(Replace(e, xs, ref at));
        return r.ToArray();
    }

    internal static Tensor[] Flatten(object result) => result switch
    {
        Tensor t => [t],
        Tensor[] a => a,
        ITuple tuple => [.. Enumerable.Range(0, tuple.Length).SelectMany(i => Flatten(tuple[i]!))],
        _ => [],
    };
}
