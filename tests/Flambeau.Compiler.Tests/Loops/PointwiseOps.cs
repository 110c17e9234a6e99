using System.Reflection;
using Flambeau.Cpu;
using Flambeau.Ops;

namespace Flambeau.Compiler.Tests.Loops;

/// <summary>Every pointwise op of the library, run eagerly by its type.</summary>
static class PointwiseOps
{
    static readonly MethodInfo[] runs = [.. typeof(Pointwise).GetMethods(BindingFlags.NonPublic | BindingFlags.Static).Where(static m => m.Name == "Run").OrderBy(static m => m.GetParameters().Length)];
    static readonly MethodInfo ruleOf = typeof(PointwiseOps).GetMethod(nameof(RuleOf), BindingFlags.NonPublic | BindingFlags.Static)!;
    static readonly MethodInfo domainOf = typeof(PointwiseOps).GetMethod(nameof(DomainOf), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>Ops whose attributes may be zero; polynomials of infinite degree take forever.</summary>
    internal static readonly IOp[] All = [.. typeof(IPointwise).Assembly.GetTypes()
        .Where(static t => t.IsValueType && !t.IsGenericType && typeof(IPointwise).IsAssignableFrom(t) && typeof(IOp).IsAssignableFrom(t))
        .OrderBy(static t => t.Name, StringComparer.Ordinal).Select(static t => (IOp)Activator.CreateInstance(t)!).Where(static o => o.Name is not "clamp" and not "polygamma" && !o.Name.Contains("polynomial", StringComparison.Ordinal))];

    internal static int Arity(IOp op) => op is IPointwise1 ? 1 : op is IPointwise2 ? 2 : 3;

    static Rule RuleOf<T>() where T : IPointwise => T.Rule;

    static Domain DomainOf<T>() where T : IPointwise => T.Domain;

    internal static Rule Rule(IOp op) => (Rule)ruleOf.MakeGenericMethod(op.GetType()).Invoke(null, null)!;

    internal static bool Takes(IOp op, DType d)
    {
        var domain = (Domain)domainOf.MakeGenericMethod(op.GetType()).Invoke(null, null)!;
        return (domain & (d == DType.Bool ? Domain.Bool : d.IsInteger() ? Domain.Integer : Domain.Float)) != 0;
    }

    internal static Tensor Eager(IOp op, params Tensor[] x)
    {
        using var scope = KernelScope.Enter();
        return (Tensor)runs[Arity(op) - 1].MakeGenericMethod(op.GetType()).Invoke(null, [op, .. x, null])!;
    }
}
