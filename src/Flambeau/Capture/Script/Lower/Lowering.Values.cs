using System.Collections;
using System.Runtime.CompilerServices;
using Flambeau.Capture.Ast;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Capture.Lower;

/// <summary>Between host values, what is known of values, and operands of nodes.</summary>
internal sealed partial class Lowering
{
    /// <summary>A host value as the script sees it.</summary>
    Sym Host(object? o, string hint) => o switch
    {
        Sym s => s,
        null => Sym.Null,
        bool or long or double or string or DType or System.Numerics.Complex => new Known(o),
        int or short or byte or sbyte or ushort or uint => new Known(Convert.ToInt64(o, System.Globalization.CultureInfo.InvariantCulture)),
        float f => new Known((double)f),
        Scalar s => new Known(Operand.Of(s).Constant),
        Tensor t => new Ref(StateCell(t, hint)),
        IScriptObject => new Known(o),
        TypeRef => new Known(o),
        ITuple t => new TupleSym([.. Enumerable.Range(0, t.Length).Select(i => Host(t[i], $"{hint}.{i}"))]),
        IDictionary d => env.New(new DictContent([.. Pairs(d, hint)], "it belongs to an object: copy it first")),
        IEnumerable e => env.New(new ListContent([.. e.Cast<object?>().Select((x, i) => Host(x, $"{hint}.{i}"))], "it belongs to an object: copy it first")),
        _ => new Known(o),
    };

    IEnumerable<KeyValuePair<object, Sym>> Pairs(IDictionary d, string hint)
    {
        foreach (DictionaryEntry e in d) yield return new(Interpreter.Normal(e.Key)!, Host(e.Value, $"{hint}.{e.Key}"));
    }

    /// <summary>The cell of a tensor that exists before the graph runs.</summary>
    Cell StateCell(Tensor t, string hint)
    {
        if (stateCells.TryGetValue(t, out var cell)) return cell;
        var entry = known.TryGetValue(t, out var s) ? b.AddState(s.Key, t, s.IsParameter ? StateKind.Parameter : StateKind.Buffer) : b.AddState(hint, t, StateKind.Constant);
        cell = new(hint) { State = entry };
        stateCells.Add(t, cell);
        env.Heap[cell] = new TensorContent(entry.Value);
        return cell;
    }

    /// <summary>A result of a node, by its type.</summary>
    Sym FromValue(Value v, string? frozen = null) => v.Type switch
    {
        TensorType => env.New(new TensorContent(v, null, frozen)),
        ListType => env.New(new DynListContent(v, frozen)),
        TupleType t => new TupleSym([.. t.Elements.Select((_, i) => FromValue(One("prim.getitem", v, (long)i), frozen))]),
        _ => new Dyn(v),
    };

    /// <summary>The operand for a node.</summary>
    Operand Arg(Sym s, int line) => s switch
    {
        Known { Value: IScriptObject } k => throw Error($"{Describe(k)} can't be a value of a graph", line),
        Known k => Constant(k, line),
        Dyn d => d.Value,
        TupleSym t => Many(t.Items, line),
        RecordSym r => Many(r.Fields, line),
        Poison p => throw Error(p.Reason, line),
        Ref r => Held(r.Cell) switch
        {
            TensorContent => Tensor(r.Cell),
            DynListContent l => l.Value,
            ListContent l => Operand.Of(l.Items.Select(i => Arg(i, line))),
            DictContent d => b.Add(Row("prim.dict"), [Operand.Of(d.Items.Select(static i => i.Key)), Operand.Of(d.Items.Select(i => Arg(i.Value, line)))])[0],
            var c => throw new InvalidOperationException(c.ToString()),
        },
        _ => throw new InvalidOperationException(s.ToString()),
    };

    /// <summary>Items of one type are a list literal, others need a tuple.</summary>
    Operand Many(IReadOnlyList<Sym> items, int line)
    {
        var list = Operand.Of(items.Select(i => Arg(i, line)));
        return list.IsConstant ? list : b.Add(Row("prim.tuple"), [list])[0];
    }

    Operand Constant(Known k, int line)
    {
        try
        {
            return Operand.Of(k.Value);
        }
        catch (ArgumentException)
        {
            throw Error($"{Describe(k)} can't be a value of a graph", line);
        }
    }

    static OpEntry Row(string name) => Registry.Find(name) is [var one] ? one : throw new InvalidOperationException($"{name} is not one row of the registry");

    /// <summary>Adds a node with one result; computes it at once if it is arithmetic on constants.</summary>
    Operand Op(string name, int line, params Operand[] arguments)
    {
        var (entry, bound) = Resolver.Resolve(name, arguments);
        if (Folds(entry) && bound.All(static a => a.IsConstant)) return Fold(entry, bound, line);
        b.Where = Where(line);
        return b.Add(entry, bound)[0];
    }

    /// <summary>Adds a node that doesn't fold.</summary>
    Value One(string name, params Operand[] arguments) => b.Call(name, arguments);

    static bool Folds(OpEntry entry) => entry.Name.StartsWith("prim.", StringComparison.Ordinal) && entry.Name is not ("prim.raise" or "prim.print" or "prim.tensor" or "prim.tensor_of_ints" or "prim.tensor_of_floats" or "prim.tuple" or "prim.list" or "prim.dict");

    Operand Fold(OpEntry entry, IReadOnlyList<Operand> arguments, int line)
    {
        try
        {
            return Operand.Of(Interpreter.Normal(entry.Invoke([.. arguments.Select(static a => a.Constant)])));
        }
        catch (Exception e) when (e is ArithmeticException or ArgumentException or InvalidOperationException)
        {
            throw new ScriptException($"{entry.Name} on constants: {e.Message}", Where(line), e);
        }
    }

    /// <summary>An operand that was computed, as a value of the script.</summary>
    Sym FromOperand(Operand o) => o.Value is { } v ? FromValue(v) : o.List is { } list ? env.New(new ListContent([.. list.Select(FromOperand)])) : new Known(o.Constant);

    /// <summary>The type of a value, with constants' types too.</summary>
    GraphType TypeOf(Sym s) => s switch
    {
        Known { Value: var v } => v is null or bool or long or double or string or DType ? GraphType.Of(v) : GraphType.Any,
        Dyn d => d.Type,
        TupleSym t => new TupleType([.. t.Items.Select(TypeOf)]),
        RecordSym r => new TupleType([.. r.Fields.Select(TypeOf)]),
        Ref r => Held(r.Cell) switch
        {
            TensorContent t => t.Value.Type,
            DynListContent l => l.Value.Type,
            ListContent l => new ListType(l.Items.Select(TypeOf).Aggregate((GraphType?)null, static (a, x) => a is null ? x : GraphType.Join(a, x) ?? GraphType.Any) ?? GraphType.Any),
            DictContent d => new DictType(GraphType.Any, GraphType.Any),
            _ => GraphType.Any,
        },
        _ => GraphType.Any,
    };

    bool IsTensor(Sym s) => s is Ref r && Held(r.Cell) is TensorContent;

    /// <summary>What is inside an optional: a node that fails if it is null when the graph runs.</summary>
    Sym Strip(Sym s, int line)
    {
        if (s is Poison p) throw Error(p.Reason, line);
        if (s is not Dyn { Type: OptionalType } d) return s;
        b.Where = Where(line);
        return FromValue(One("prim.unwrap", d.Value), "it may be absent, so that what it shares isn't known: Clone() it first");
    }

    string Describe(Sym s) => s switch
    {
        Known { Value: null } => "null",
        Known { Value: IScriptObject o } => $"the object {o.TypeName}",
        Known { Value: string t } => $"\"{t}\"",
        Known { Value: bool or long or double or DType } k => Convert.ToString(k.Value, System.Globalization.CultureInfo.InvariantCulture)!,
        Known k => $"a host object of type {k.Value!.GetType().Name}",
        RecordSym r => r.Type.Name,
        Poison => "a variable without a value",
        _ => TypeOf(s).ToString()!,
    };

    /// <summary>Makes a value of a stated type where that needs a conversion: numbers to reals, numbers to tensors, null to a typed list.</summary>
    Sym Coerce(Sym s, TypeRef type, int line)
    {
        switch (type)
        {
            case OptionalRef o when s is not Known { Value: null } and not Dyn { Type: OptionalType }:
                return Coerce(s, o.Element, line);
            case SimpleRef { Kind: SimpleKind.Float } when TypeOf(s) is var t && (t == GraphType.Int || t == GraphType.Bool || t == GraphType.Scalar):
                return ToFloat(s, line);
            case SimpleRef { Kind: SimpleKind.Int } when TypeOf(s) == GraphType.Scalar:
                return FromOperand(Op("prim.int", line, Arg(s, line)));
            case SimpleRef { Kind: SimpleKind.Bool } when TypeOf(s) == GraphType.Scalar:
                return FromOperand(Op("prim.bool", line, Arg(s, line)));
            case SimpleRef { Kind: not SimpleKind.Object and not SimpleKind.None } when s is Dyn { Type: OptionalType }:
                return Coerce(Strip(s, line), type, line);
            case SimpleRef { Kind: SimpleKind.Tensor } when IsNumber(TypeOf(s)):
                return FromOperand(Op("prim.tensor", line, Arg(s, line)));
            case TupleRef t when s is TupleSym v && v.Items.Count == t.Items.Count:
                return new TupleSym([.. v.Items.Select((x, i) => Coerce(x, t.Items[i], line))], t.Names ?? v.Names);
            case TupleRef or RecordRef or ListRef when s is Dyn { Type: OptionalType }:
                return Coerce(Strip(s, line), type, line);
            case RecordRef r when s is TupleSym v && v.Items.Count == r.Types.Count:
                return new RecordSym(r, [.. v.Items.Select((x, i) => Coerce(x, r.Types[i], line))]);
            default:
                return s;
        }
    }

    static bool IsNumber(GraphType t) => t == GraphType.Int || t == GraphType.Float || t == GraphType.Bool || t == GraphType.Scalar;
}
