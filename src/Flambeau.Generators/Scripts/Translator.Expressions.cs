using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Flambeau.Generators.Scripts;

/// <summary>Expressions.</summary>
internal sealed partial class Translator
{
    /// <summary>Code of an expression.</summary>
    string E(IOperation o)
    {
        var line = Line(o);
        if (o.ConstantValue.HasValue)
            return o.ConstantValue.Value is decimal ? Fail(ScriptDiagnostics.Type, o, "decimal") : $"new {A}Constant({ConstantOf(o.ConstantValue.Value, o.Type)}, {line})";
        switch (o)
        {
            case IConversionOperation x: return Conversion(x);
            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance }: return $"new {A}Self({line})";
            case ILocalReferenceOperation l: return $"new {A}Local({Text(Name(l.Local))}, {line})";
            case IParameterReferenceOperation p: return ParameterReference(p);
            case IFieldReferenceOperation or IPropertyReferenceOperation: return MemberReference((IMemberReferenceOperation)o);
            case IArrayElementReferenceOperation or IImplicitIndexerReferenceOperation:
                return Indexed(o) is var (of, parts) ? $"new {A}IndexExpr({of}, {parts}, {line})" : "null!";
            case IInvocationOperation i: return Invocation(i);
            case IBinaryOperation x: return Binary(x);
            case IUnaryOperation u: return Unary(u);
            case IConditionalOperation x: return $"new {A}Conditional({E(x.Condition)}, {Value(x.WhenTrue, x.Type)}, {Value(x.WhenFalse!, x.Type)}, {line})";
            case ICoalesceOperation x: return $"new {A}Binary({A}BinaryOp.Coalesce, {E(x.Value)}, {E(x.WhenNull)}, {line})";
            case IThrowOperation { Exception: { } e }: return $"new {A}ThrowExpr({Thrown(e)}, {line})";
            case ITupleOperation x: return $"new {A}TupleExpr({List(x.Elements.Select(E))}, {List(((INamedTypeSymbol)x.Type!).TupleElements.Select(static e => Text(e.Name)))}, {line})";
            case IArrayCreationOperation x: return ArrayOf(x);
            case ICollectionExpressionOperation x: return $"new {A}ListExpr({List(x.Elements.Select(e => e is ISpreadOperation s ? $"new {A}Spread({E(s.Operand)}, {line})" : E(e)))}, {ElementType(x.Type)}, {line})";
            case IObjectCreationOperation x: return Creation(x);
            case IInterpolatedStringOperation s: return Interpolated(s);
            case IIsPatternOperation p: return PatternTest(p);
            case IIsTypeOperation p: return $"new {A}BuiltinCall({A}Builtin.IsInstance, [{E(p.ValueOperand)}, new {A}Constant({TypeOf(p.TypeOperand, p.Syntax)}, {line})], {line})";
            case ISwitchExpressionOperation s: return SwitchOf(s);
            case IWithOperation w: return WithOf(w);
            case ISimpleAssignmentOperation { Target: ILocalReferenceOperation l } a: return $"new {A}AssignExpr({Text(Name(l.Local))}, {Value(a.Value, a.Target.Type)}, {line})";
            case IIncrementOrDecrementOperation { IsPostfix: false, Target: ILocalReferenceOperation l } i: return $"new {A}AssignExpr({Text(Name(l.Local))}, {Step(i)}, {line})";
            case IConditionalAccessOperation a: return ConditionalAccess(a);
            case IConditionalAccessInstanceOperation: return $"new {A}Local({Text(accessed.Peek())}, {line})";
            case IDefaultValueOperation d: return DefaultOf(d);
            case IDeclarationExpressionOperation d: return E(d.Expression);
            case IParenthesizedOperation p: return E(p.Operand);
            case IIncrementOrDecrementOperation: return Fail(ScriptDiagnostics.Expression, o, "'++' or '--' inside an expression", "change the variable in a statement of its own");
            case IAssignmentOperation: return Fail(ScriptDiagnostics.Expression, o, "an assignment inside an expression", "assign in a statement of its own");
            case IAnonymousFunctionOperation or IDelegateCreationOperation: return Fail(ScriptDiagnostics.Expression, o, "a lambda", "write a loop, or call a static method marked [Script]");
            case IAwaitOperation: return Fail(ScriptDiagnostics.Expression, o, "'await'", "a graph runs to its end at once");
            case ITypeOfOperation: return Fail(ScriptDiagnostics.Expression, o, "'typeof'", "types aren't values of a graph");
            case IDynamicMemberReferenceOperation or IDynamicInvocationOperation: return Fail(ScriptDiagnostics.Expression, o, "'dynamic'", "write the type");
            default: return Fail(ScriptDiagnostics.Expression, o, $"this expression ({o.Kind})", "compute it outside the script, or write it with arithmetic, tensor ops and calls");
        }
    }

    /// <summary>An operand of a tensor op: numbers stand for themselves.</summary>
    string Operand(IOperation o)
    {
        while (o is IConversionOperation { OperatorMethod: not null } c && (c.Type.IsTensor() || c.Type.Is("Flambeau.Scalar")) && (c.Operand.Type.IsNumber() || c.Operand.Type?.SpecialType == SpecialType.System_Boolean)) o = c.Operand;
        return E(o);
    }

    /// <summary>A value for a variable of a type.</summary>
    string Value(IOperation o, ITypeSymbol? type) => E(o);

    /// <summary>Without conversions that change nothing.</summary>
    static IOperation Bare(IOperation o)
    {
        while (o is IConversionOperation c) o = c.Operand;
        return o;
    }

    string ParameterReference(IParameterReferenceOperation p)
    {
        if (SymbolEqualityComparer.Default.Equals(p.Parameter.ContainingSymbol, method)) return $"new {A}Local({Text(Name(p.Parameter))}, {Line(p)})";
        // A parameter of the primary constructor.
        Captured[p.Parameter.Name] = p.Parameter.Type;
        return $"new {A}Member(new {A}Self({Line(p)}), {Text(p.Parameter.Name)}, static o => (({method.ContainingType.Plain()})o).@script_{p.Parameter.Name}, {Line(p)})";
    }

    string Getter(IMemberReferenceOperation m)
    {
        var owner = m.Instance is IInstanceReferenceOperation ? (ITypeSymbol)method.ContainingType : m.Instance!.Type!;
        return $"static o => (({owner.Plain()})o).@{m.Member.Name}";
    }

    string MemberReference(IMemberReferenceOperation m)
    {
        var line = Line(m);
        var type = m.Member.ContainingType;
        if (m is IPropertyReferenceOperation { Property.IsIndexer: true }) return Indexed(m) is var (of, parts) ? $"new {A}IndexExpr({of}, {parts}, {line})" : "null!";
        if (m.Instance is null)
            return m.Type.IsTensor() || Boxable(m.Type) ? $"new {A}HostCall({Text($"{type.Name}.{m.Member.Name}")}, static a => {type.Plain()}.@{m.Member.Name}, [], {line})"
                : Fail(ScriptDiagnostics.Type, m, m.Type!.ToDisplayString());
        var target = m.Instance;
        if (target.Type.IsTensor()) return TensorProperty(m, target);
        if (m.Member.ContainingType.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return m.Member.Name == "Value" ? Builtin("Unwrap", m, E(target)) : $"new {A}Binary({A}BinaryOp.IsNot, {E(target)}, new {A}Constant(null, {line}), {line})";
        if (m is IFieldReferenceOperation { Field: { ContainingType.IsTupleType: true } f }) return $"new {A}Member({E(target)}, {Text((f.CorrespondingTupleField ?? f).Name)}, null, {line})";
        if (type.Is("Flambeau.Shape"))
        {
            if (m.Member.Name == "Rank") return Builtin("Len", m, E(target));
            if (m.Member.Name == "Numel" && target is IPropertyReferenceOperation { Property.Name: "Shape", Instance: { } x } && x.Type.IsTensor()) return Builtin("Numel", m, E(x));
        }
        if (m.Member.Name is "Length" or "Count" && (target.Type.ElementOf() is not null || target.Type.IsDictionary() || target.Type?.SpecialType == SpecialType.System_String)) return Builtin("Len", m, E(target));
        if (target.Type.IsDictionary() && m.Member.Name is "Keys" or "Values") return Builtin(m.Member.Name, m, E(target));
        return $"new {A}Member({E(target)}, {Text(m.Member.Name)}, {Getter(m)}, {line})";
    }

    static bool Boxable(ITypeSymbol? t) => t is not null && !t.IsRefLikeType && t.TypeKind is not (TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Dynamic);

    string Builtin(string name, IOperation at, params string[] args) => $"new {A}BuiltinCall({A}Builtin.{name}, {List(args)}, {Line(at)})";

    string Cast(string value, string type, IOperation at) => $"new {A}CastExpr({value}, {A}TypeRef.{type}, {Line(at)})";

    string Conversion(IConversionOperation c)
    {
        var (from, to) = (c.Operand.Type, c.Type);
        if (to is { IsRefLikeType: true }) return E(c.Operand);
        if (c.OperatorMethod is not null)
        {
            if (to.IsTensor()) return Cast(Operand(c), "Tensor", c);
            if (to.Is("Flambeau.Scalar") || to.Is("Flambeau.Shape") || from.Is("Flambeau.Shape")) return E(c.Operand);
            if (IsConfig(c)) return $"new {A}HostCall({Text(to!.Name)}, static a => ({to.Plain()})global::Flambeau.Capture.ScriptHost.To<{from!.Plain()}>(a[0]), [{E(c.Operand)}], {Line(c)})";
            return Fail(ScriptDiagnostics.Expression, c, $"a conversion from '{from?.Name}' to '{to?.Name}'", "convert it outside the script");
        }
        if (c.Operand is ITupleOperation or ICollectionExpressionOperation || from is null) return E(c.Operand);
        if (from.NullableOf() is { } inner) return to.NullableOf() is null && to is { IsValueType: true } ? Number(Builtin("Unwrap", c, E(c.Operand)), inner, to, c) : E(c.Operand);
        if (to.NullableOf() is { } wrapped) return Number(E(c.Operand), from, wrapped, c);
        return Number(E(c.Operand), from, to, c);
    }

    string Number(string value, ITypeSymbol? from, ITypeSymbol? to, IOperation at)
    {
        if (from.IsReal() && to.IsInteger()) return Cast(value, "Int", at);
        if (from.IsInteger() && to.IsReal()) return Cast(value, "Float", at);
        if (from?.SpecialType == SpecialType.System_Double && to?.SpecialType == SpecialType.System_Single) return Builtin("ToSingle", at, value);
        return value;
    }

    string Binary(IBinaryOperation b)
    {
        var line = Line(b);
        if (b.OperatorKind == BinaryOperatorKind.ConditionalAnd) return $"new {A}Binary({A}BinaryOp.And, {E(b.LeftOperand)}, {E(b.RightOperand)}, {line})";
        if (b.OperatorKind == BinaryOperatorKind.ConditionalOr) return $"new {A}Binary({A}BinaryOp.Or, {E(b.LeftOperand)}, {E(b.RightOperand)}, {line})";
        var (l, r) = (Bare(b.LeftOperand), Bare(b.RightOperand));
        var equality = b.OperatorKind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals;
        var none = l.ConstantValue is { HasValue: true, Value: null } || r.ConstantValue is { HasValue: true, Value: null };
        if (equality && l.Type.IsTensor() && r.Type.IsTensor() && !none) return Fail(ScriptDiagnostics.Comparison, b, b.OperatorKind == BinaryOperatorKind.Equals ? "==" : "!=");
        if (b.IsLifted && !equality) return Fail(ScriptDiagnostics.Expression, b, "arithmetic on a value that may be null", "use its Value, or '??'");
        return Arithmetic(b.OperatorKind, Operand(b.LeftOperand), Operand(b.RightOperand), Ground(b.LeftOperand), Ground(b.RightOperand), b.Type, b);
    }

    static ITypeSymbol? Ground(IOperation o) => o.Type.IsTensor() ? o.Type : o.Type.NullableOf() ?? o.Type;

    string Arithmetic(BinaryOperatorKind kind, string left, string right, ITypeSymbol? lt, ITypeSymbol? rt, ITypeSymbol? type, IOperation at)
    {
        var tensor = lt.IsTensor() || rt.IsTensor();
        var integer = lt.IsInteger() && rt.IsInteger();
        var name = kind switch
        {
            BinaryOperatorKind.Add => "Add",
            BinaryOperatorKind.Subtract => "Subtract",
            BinaryOperatorKind.Multiply => "Multiply",
            BinaryOperatorKind.Divide => integer && !tensor ? "TruncateDivide" : "Divide",
            BinaryOperatorKind.Remainder => tensor ? "Modulo" : "Remainder",
            BinaryOperatorKind.Equals => "Equal",
            BinaryOperatorKind.NotEquals => "NotEqual",
            BinaryOperatorKind.LessThan => "Less",
            BinaryOperatorKind.LessThanOrEqual => "LessEqual",
            BinaryOperatorKind.GreaterThan => "Greater",
            BinaryOperatorKind.GreaterThanOrEqual => "GreaterEqual",
            BinaryOperatorKind.And => "BitAnd",
            BinaryOperatorKind.Or => "BitOr",
            BinaryOperatorKind.ExclusiveOr => "BitXor",
            BinaryOperatorKind.LeftShift => "ShiftLeft",
            BinaryOperatorKind.RightShift => "ShiftRight",
            _ => null,
        };
        if (name is null) return Fail(ScriptDiagnostics.Expression, at, $"operator {kind}", "use + - * / % & | ^ << >> or comparisons");
        if (type?.SpecialType is SpecialType.System_Decimal or SpecialType.System_UInt64) return Fail(ScriptDiagnostics.Type, at, type.ToDisplayString());
        var code = $"new {A}Binary({A}BinaryOp.{name}, {left}, {right}, {Line(at)})";
        return type?.SpecialType == SpecialType.System_Single ? Builtin("ToSingle", at, code) : code;
    }

    string Unary(IUnaryOperation u)
    {
        var name = u.OperatorKind switch
        {
            UnaryOperatorKind.Minus => "Negate",
            UnaryOperatorKind.Not => "Not",
            UnaryOperatorKind.BitwiseNegation => "BitNot",
            UnaryOperatorKind.Plus => "",
            _ => null,
        };
        if (name is null) return Fail(ScriptDiagnostics.Expression, u, $"operator {u.OperatorKind}", "use - ! or ~");
        if (u.IsLifted) return Fail(ScriptDiagnostics.Expression, u, "arithmetic on a value that may be null", "use its Value, or '??'");
        return name.Length == 0 ? E(u.Operand) : $"new {A}Unary({A}UnaryOp.{name}, {E(u.Operand)}, {Line(u)})";
    }

    string ElementType(ITypeSymbol? list) => list.ElementOf() is { } e && TypeOrNull(e) is { } code ? code : list.Is("Flambeau.Shape") ? $"{A}TypeRef.Int" : "null";

    string ArrayOf(IArrayCreationOperation a)
    {
        var line = Line(a);
        if (a.Initializer is { } i && a.DimensionSizes.Length == 1) return $"new {A}ListExpr({List(i.ElementValues.Select(v => a.Type.ElementOf().IsTensor() ? Operand(v) : E(v)))}, {ElementType(a.Type)}, {line})";
        var zero = a.Type.ElementOf() switch
        {
            { } e when e.IsInteger() => "0L",
            { } e when e.IsReal() => "0d",
            { SpecialType: SpecialType.System_Boolean } => "false",
            _ => null,
        };
        if (zero is null || a.DimensionSizes.Length != 1) return Fail(ScriptDiagnostics.Expression, a, "this array", "give its items, as in [a, b], or use a List<T>");
        return $"new {A}Binary({A}BinaryOp.Multiply, new {A}ListExpr([new {A}Constant({zero}, {line})], null, {line}), {E(a.DimensionSizes[0])}, {line})";
    }

    string Creation(IObjectCreationOperation c)
    {
        var line = Line(c);
        var type = c.Type!;
        if (type.Is("System.Collections.Generic.List"))
        {
            if (c.Arguments.Length == 1 && c.Arguments[0].Value.Type.IsInteger() is false) return Builtin("ListOf", c, E(c.Arguments[0].Value));
            var items = c.Initializer?.Initializers.Select(i => i is IInvocationOperation { TargetMethod.Name: "Add", Arguments: [var a] } ? E(a.Value) : Fail(ScriptDiagnostics.Expression, i, "this initializer", "give items")) ?? [];
            return $"new {A}ListExpr({List(items)}, {ElementType(type)}, {line})";
        }
        if (type.IsDictionary() && c.Arguments.Length == 0) return DictionaryOf(c, type);
        if (type.Positional() is { } constructor && c.Initializer is null && c.Arguments.Length == constructor.Parameters.Length)
            return $"new {A}RecordExpr((FlambeauAst::RecordRef){TypeOf(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated), c.Syntax)}, {List(Ordered(c.Arguments).Select(a => E(a.Value)))}, {line})";
        if (IsConfig(c) && c.Initializer is null)
        {
            var args = Ordered(c.Arguments).ToArray();
            return $"new {A}HostCall({Text("new " + type.Name)}, static a => new {type.Plain()}({string.Join(", ", args.Select((x, i) => $"global::Flambeau.Capture.ScriptHost.To<{x.Parameter!.Type.Plain()}>(a[{i}])"))}), {List(args.Select(a => E(a.Value)))}, {line})";
        }
        return Fail(ScriptDiagnostics.Expression, c, $"'new {type.Name}'", "only lists, dictionaries, arrays, tuples and positional records can be made in a script");
    }

    static IEnumerable<IArgumentOperation> Ordered(IEnumerable<IArgumentOperation> arguments) => arguments.OrderBy(static a => a.Parameter?.Ordinal ?? 0);

    string DictionaryOf(IObjectCreationOperation c, ITypeSymbol type)
    {
        var (keys, values) = (new List<string>(), new List<string>());
        foreach (var i in c.Initializer?.Initializers ?? [])
        {
            if (i is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Arguments: [var k] }, Value: var v })
            {
                keys.Add(E(k.Value));
                values.Add(E(v));
            }
            else if (i is IInvocationOperation { TargetMethod.Name: "Add", Arguments: [var a, var b] })
            {
                keys.Add(E(a.Value));
                values.Add(E(b.Value));
            }
            else Fail(ScriptDiagnostics.Expression, i, "this initializer", "give keys with their values");
        }
        return $"new {A}DictExpr({List(keys)}, {List(values)}, (FlambeauAst::DictRef?){TypeOf(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated), c.Syntax)}, {Line(c)})";
    }

    string Interpolated(IInterpolatedStringOperation s)
    {
        var parts = new List<string>();
        foreach (var p in s.Parts)
        {
            if (p is IInterpolatedStringTextOperation t) parts.Add(E(t.Text));
            else if (p is IInterpolationOperation i)
            {
                if (i.FormatString is not null || i.Alignment is not null) return Fail(ScriptDiagnostics.Expression, i, "a format or width in an interpolated string", "leave it out: numbers are written in the invariant culture");
                parts.Add(E(i.Expression));
            }
        }
        return $"new {A}FormatExpr({List(parts)}, {Line(s)})";
    }

    string DefaultOf(IDefaultValueOperation d)
    {
        if (d.Type is { IsReferenceType: true } || d.Type.NullableOf() is not null) return $"new {A}Constant(null, {Line(d)})";
        if (d.Type.IsInteger()) return $"new {A}Constant(0L, {Line(d)})";
        if (d.Type.IsReal()) return $"new {A}Constant(0d, {Line(d)})";
        if (d.Type?.SpecialType == SpecialType.System_Boolean) return $"new {A}Constant(false, {Line(d)})";
        return Fail(ScriptDiagnostics.Expression, d, "'default'", "write the value out");
    }

    readonly Stack<string> accessed = new();

    string ConditionalAccess(IConditionalAccessOperation a)
    {
        var line = Line(a);
        var name = Temporary();
        var value = E(a.Operation);
        accessed.Push(name);
        var then = E(a.WhenNotNull);
        accessed.Pop();
        return $"new {A}Conditional(new {A}Binary({A}BinaryOp.Is, new {A}AssignExpr({Text(name)}, {value}, {line}), new {A}Constant(null, {line}), {line}), new {A}Constant(null, {line}), {then}, {line})";
    }

    string WithOf(IWithOperation w)
    {
        if (w.Type.Positional() is null) return Fail(ScriptDiagnostics.Expression, w, "'with'", "it needs a positional record");
        var fields = w.Initializer.Initializers.OfType<ISimpleAssignmentOperation>().Select(i => $"new {A}NamedArg({Text(((IMemberReferenceOperation)i.Target).Member.Name)}, {E(i.Value)})");
        return $"new {A}WithExpr({E(w.Operand)}, {List(fields)}, {Line(w)})";
    }
}
