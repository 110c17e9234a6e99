using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Flambeau.Generators.Scripts;

/// <summary>Calls.</summary>
internal sealed partial class Translator
{
    string Invocation(IInvocationOperation i)
    {
        var m = i.TargetMethod;
        var target = (m.ReducedFrom ?? m).OriginalDefinition;
        var line = Line(i);
        if (m.MethodKind == MethodKind.LocalFunction) return Fail(ScriptDiagnostics.Expression, i, "a local function", "make it a static method marked [Script]");
        if (m.MethodKind == MethodKind.DelegateInvoke && i.Instance is { } held && IsConfig(held)) return $"new {A}ObjectCall({E(held)}, \"Invoke\", {Arguments(i)}, {line})";
        if (m.MethodKind == MethodKind.DelegateInvoke) return Fail(ScriptDiagnostics.Expression, i, "a call of a delegate", "call a static method marked [Script]");
        if (target.Schema() is { } schema)
        {
            var name = schema.Substring(0, schema.IndexOf('('));
            return $"new {A}OpCall({Text(name)}, {List(Operands(i))}, [], {Text(schema)}, {line})";
        }
        if (m.IsScript()) return ScriptCall(i, m);
        if (Intrinsic(i, m) is { } known) return known;
        if (i.Instance is { } instance && instance.Type.IsCallable() && (m.IsAbstract || m.IsVirtual || m.IsOverride || !instance.Type.IsModule()))
            return $"new {A}ObjectCall({E(instance)}, {Text(m.Name)}, {Arguments(i)}, {line})";
        if (ByName(i, target) is { } op) return op;
        if (IsConfig(i)) return HostCall(i);
        return Fail(ScriptDiagnostics.Call, i, m.ContainingType.Name + "." + m.Name);
    }

    /// <summary>All operands of an op in the order of its signature, with C#'s defaults for those that were left out.</summary>
    IEnumerable<string> Operands(IInvocationOperation i)
    {
        if (i.Instance is not null) yield return Operand(i.Instance);
        foreach (var a in Ordered(i.Arguments)) yield return Operand(a.Value);
    }

    /// <summary>Explicit arguments: positional ones, then named ones.</summary>
    string Arguments(IInvocationOperation i)
    {
        var positional = new List<string>();
        var named = new List<string>();
        foreach (var a in Ordered(i.Arguments))
        {
            if (a.ArgumentKind == ArgumentKind.DefaultValue) continue;
            var code = Value(a.Value, a.Parameter?.Type);
            // A params array of tensors is so many arguments.
            if (a.ArgumentKind == ArgumentKind.ParamArray && Bare(a.Value) is IArrayCreationOperation { Initializer: { } items } && !i.TargetMethod.IsScript()) positional.AddRange(items.ElementValues.Select(Operand));
            else if (positional.Count == a.Parameter!.Ordinal - (i.TargetMethod.ReducedFrom is null && i.TargetMethod.IsExtensionMethod && i.Instance is not null ? 1 : 0)) positional.Add(code);
            else named.Add($"new {A}NamedArg({Text(a.Parameter.Name)}, {code})");
        }
        return $"{List(positional)}, {List(named)}";
    }

    string ScriptCall(IInvocationOperation i, IMethodSymbol m)
    {
        var line = Line(i);
        var own = SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, method);
        var direct = m.IsStatic || i.Instance is IInstanceReferenceOperation && (!i.IsVirtual || m.ContainingType.IsSealed);
        if (own && (m.IsStatic || i.Instance is IInstanceReferenceOperation)) return Fail(ScriptDiagnostics.Recursion, i, m.Name);
        if (!direct) return $"new {A}ObjectCall({E(i.Instance!)}, {Text(m.Name)}, {Arguments(i)}, {line})";
        var type = (m.ReducedFrom ?? m).ContainingType.Plain();
        var receiver = m.IsStatic ? "null" : E(i.Instance!);
        return $"new {A}ScriptCall(static () => {type}.FlambeauScripts.@{(m.ReducedFrom ?? m).ScriptName()}, {receiver}, {Arguments(i)}, {line})";
    }

    /// <summary>Methods without a mark that every script may call.</summary>
    string? Intrinsic(IInvocationOperation i, IMethodSymbol m)
    {
        var line = Line(i);
        var type = m.ContainingType;
        string Arg(int k) => E(i.Arguments.First(a => a.Parameter!.Ordinal == k).Value);
        if (type.IsTensor()) return TensorMethod(i, m);
        if (type.Is("System.Math") || type.Is("System.MathF"))
        {
            var single = m.ReturnType.SpecialType == SpecialType.System_Single;
            string Result(string code) => single ? Builtin("ToSingle", i, code) : code;
            switch (m.Name)
            {
                case "Sqrt" or "Exp" or "Log2" or "Sin" or "Cos" or "Tanh" or "Floor" or "Truncate" or "Abs": return Result(Builtin(m.Name, i, Arg(0)));
                case "Log" when m.Parameters.Length == 1: return Result(Builtin("Log", i, Arg(0)));
                case "Ceiling": return Result(Builtin("Ceil", i, Arg(0)));
                case "Round" when m.Parameters.Length == 1: return Result(Builtin("Round", i, Arg(0)));
                case "Min" or "Max": return Builtin(m.Name, i, Arg(0), Arg(1));
                case "Pow": return Result($"new {A}Binary({A}BinaryOp.Power, {E(i.Arguments[0].Value)}, {E(i.Arguments[1].Value)}, {line})");
                case "Clamp": return Builtin("Min", i, Builtin("Max", i, Arg(0), Arg(1)), Arg(2));
                default: return null;
            }
        }
        if (i.Instance is { } self && (self.Type.ElementOf() is not null || type.Is("System.Collections.Generic.List")))
        {
            var list = E(self);
            switch (m.Name)
            {
                case "Add": return Builtin("Append", i, list, Arg(0));
                case "AddRange": return Builtin("Extend", i, list, Arg(0));
                case "Insert": return Builtin("Insert", i, list, Arg(0), Arg(1));
                case "RemoveAt": return Builtin("Pop", i, list, Arg(0));
                case "Clear" or "Contains" or "IndexOf" or "Reverse" when m.Parameters.Length <= 1: return Builtin(m.Name, i, [list, .. Enumerable.Range(0, m.Parameters.Length).Select(Arg)]);
                case "ToArray": return Builtin("ListOf", i, list);
                default: return null;
            }
        }
        if (i.Instance is { } dictionary && dictionary.Type.IsDictionary())
        {
            var d = E(dictionary);
            switch (m.Name)
            {
                case "ContainsKey": return Builtin("Contains", i, d, Arg(0));
                case "Remove" when m.Parameters.Length == 1: return Builtin("Remove", i, d, Arg(0));
                case "Clear": return Builtin("Clear", i, d);
                case "TryGetValue" when Bare(i.Arguments[1].Value) is var o && (o is IDeclarationExpressionOperation x ? x.Expression : o) is ILocalReferenceOperation local:
                    return $"new {A}Binary({A}BinaryOp.IsNot, new {A}AssignExpr({Text(Name(local.Local))}, {Builtin("Get", i, d, Arg(0))}, {line}), new {A}Constant(null, {line}), {line})";
                default: return null;
            }
        }
        if (type.Is("System.Collections.Generic.CollectionExtensions") && m.Name == "GetValueOrDefault")
            return Builtin("Get", i, [.. Operands(i)]);
        if (type.Is("System.MemoryExtensions") && m.Name is "Contains" or "IndexOf" && i.Arguments.Length == 2) return Builtin(m.Name, i, [.. Operands(i)]);
        if (type.Is("System.Linq.Enumerable"))
        {
            var args = Operands(i).ToArray();
            switch (m.Name)
            {
                case "Range": return Builtin("Range", i, args[0], $"new {A}Binary({A}BinaryOp.Add, {args[0]}, {args[1]}, {line})");
                case "ToArray" or "ToList" when args.Length == 1: return Builtin("ListOf", i, args);
                case "Contains" when args.Length == 2: return Builtin("Contains", i, args);
                case "Count" when args.Length == 1: return Builtin("Len", i, args);
                case "Sum" or "Min" or "Max" when args.Length == 1: return Builtin(m.Name, i, args);
                case "Zip" when args.Length == 2: return Builtin("Zip", i, args);
                default: return null;
            }
        }
        if (type.SpecialType == SpecialType.System_Object && m.Name == "ReferenceEquals") return $"new {A}Binary({A}BinaryOp.Is, {Arg(0)}, {Arg(1)}, {line})";
        if (type.Is("Flambeau.Shape") && m.Name == "ToArray") return Builtin("ListOf", i, E(i.Instance!));
        if (type.SpecialType == SpecialType.System_Array && m.Name == "Empty") return $"new {A}ListExpr([], {ElementType(m.ReturnType)}, {line})";
        if (m.Name == "ToString" && m.Parameters.Length == 0 && (i.Instance?.Type.IsNumber() ?? false)) return $"new {A}FormatExpr([{E(i.Instance!)}], {line})";
        if (type.Is("Flambeau.DTypes") && m.Name is "IsFloat" or "IsFloatingPoint") return Builtin("IsFloatingPoint", i, Operands(i).First());
        if (type.Is("System.Console") && m.Name == "WriteLine" && m.Parameters.Length == 1) return Builtin("Print", i, Arg(0));
        return null;
    }

    /// <summary>A public tensor function without a mark of its own, such as a convenient overload: the op of that name, its arguments by name.</summary>
    string? ByName(IInvocationOperation i, IMethodSymbol target)
    {
        var type = target.ContainingType;
        if (type.ContainingAssembly.Name != "Flambeau" || type.ContainingNamespace.ToDisplayString() != "Flambeau" || !(type.IsTensor() || type.IsStatic) || type.Is("Flambeau.Script")) return null;
        if (!target.ReturnType.IsTensor() && target.ReturnType is not INamedTypeSymbol { IsTupleType: true } and not IArrayTypeSymbol) return null;
        var name = (type.IsTensor() ? "" : type.Name == "Functional" ? "nn.functional." : Symbols.Snake(type.Name) + ".") + Symbols.Snake(target.Name);
        var first = i.Instance is not null ? Operand(i.Instance) : null;
        var named = new List<string>();
        foreach (var a in Ordered(i.Arguments))
        {
            if (a.ArgumentKind == ArgumentKind.DefaultValue) continue;
            // The first is the op's first whatever its name, unless a later one is the op's self, as in Where(condition, self, other).
            if (first is null && named.Count == 0 && i.Arguments.All(x => x.Parameter!.Name != "self" || x.Parameter.Ordinal == 0)) first = Operand(a.Value);
            else named.Add($"new {A}NamedArg({Text(Symbols.Snake(a.Parameter!.Name))}, {Operand(a.Value)})");
        }
        return first is null && named.Count == 0 ? null : $"new {A}OpCall({Text(name)}, [{first}], {List(named)}, null, {Line(i)})";
    }

    string HostCall(IInvocationOperation i)
    {
        var m = i.TargetMethod;
        var args = new List<string>();
        var passed = new List<string>();
        foreach (var a in Ordered(i.Arguments))
        {
            if (a.Parameter!.RefKind is RefKind.Out or RefKind.Ref) return Fail(ScriptDiagnostics.Call, i, m.ContainingType.Name + "." + m.Name);
            IEnumerable<IOperation> values = [a.Value];
            var type = a.Parameter.Type;
            if (a.ArgumentKind is ArgumentKind.ParamArray or ArgumentKind.ParamCollection)
            {
                values = Bare(a.Value) switch
                {
                    IArrayCreationOperation { Initializer: { } x } => x.ElementValues,
                    ICollectionExpressionOperation c => c.Elements,
                    _ => values,
                };
                type = type.ElementOf() ?? (type as INamedTypeSymbol)?.TypeArguments.FirstOrDefault() ?? type;
            }
            foreach (var v in values)
            {
                passed.Add($"global::Flambeau.Capture.ScriptHost.To<{type.Plain()}>(a[{args.Count + (i.Instance is null ? 0 : 1)}])");
                args.Add(E(v));
            }
        }
        var owner = i.Instance is IInstanceReferenceOperation ? (ITypeSymbol)method.ContainingType : i.Instance?.Type;
        var generic = m.TypeArguments.Length > 0 ? $"<{string.Join(", ", m.TypeArguments.Select(static t => t.Plain()))}>" : "";
        var call = i.Instance is null
            ? $"{(m.ReducedFrom ?? m).ContainingType.Plain()}.@{m.Name}{generic}({string.Join(", ", passed)})"
            : $"(({owner!.Plain()})a[0]!).@{m.Name}{generic}({string.Join(", ", passed)})";
        if (i.Instance is not null) args.Insert(0, E(i.Instance));
        var lambda = m.ReturnsVoid ? $"static a => {{ {call}; return null; }}" : $"static a => {call}";
        return $"new {A}HostCall({Text(m.Name)}, {lambda}, {List(args)}, {Line(i)})";
    }
}
