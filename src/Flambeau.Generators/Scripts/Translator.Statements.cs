using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Flambeau.Generators.Scripts;

/// <summary>Statements.</summary>
internal sealed partial class Translator
{
    string Statements(IEnumerable<IOperation> operations)
    {
        var code = new List<string>();
        var all = operations.ToArray();
        for (var i = 0; i < all.Length; i++)
        {
            // The rest of the block lies in the scope that a using declaration opens.
            if (all[i] is IUsingDeclarationOperation u)
            {
                Using(u.DeclarationGroup, all.Skip(i + 1), u, code);
                break;
            }
            Statement(all[i], code);
        }
        return $"[{string.Join(",\n            ", code)}]";
    }

    string Statements(IOperation? operation) => operation switch
    {
        null => "[]",
        IBlockOperation b => Statements(b.Operations),
        _ => Statements([operation]),
    };

    void Statement(IOperation o, List<string> code)
    {
        var line = Line(o);
        switch (o)
        {
            case IBlockOperation b:
                if (b.Operations.Any(static x => x is IUsingDeclarationOperation)) code.Add($"new {A}If(new {A}Constant(true, {line}), {Statements(b)}, [], {line})");
                else foreach (var s in b.Operations) Statement(s, code);
                break;
            case IEmptyOperation:
                break;
            case IVariableDeclarationGroupOperation g:
                foreach (var d in g.Declarations.SelectMany(static d => d.Declarators)) Declare(d, code);
                break;
            case IExpressionStatementOperation e:
                Effect(e.Operation, code);
                break;
            case IReturnOperation r:
                code.Add($"new {A}Return({(r.ReturnedValue is null ? "null" : Value(r.ReturnedValue, method.ReturnType))}, {line})");
                break;
            case IConditionalOperation c:
                code.Add($"new {A}If({E(c.Condition)},\n            {Statements(c.WhenTrue)}, {Statements(c.WhenFalse)}, {line})");
                break;
            case IWhileLoopOperation w:
                if (w.ConditionIsUntil) goto default;
                code.Add($"new {A}While({E(w.Condition!)}, {Statements(w.Body)}, [], {(w.ConditionIsTop ? "true" : "false")}, {line})");
                break;
            case IForLoopOperation f:
                For(f, code);
                break;
            case IForEachLoopOperation f:
                var items = E(f.Collection);
                if (Bare(f.Collection).Type.IsDictionary()) items = Builtin("Items", f, items);
                code.Add($"new {A}ForEach({Target(f.LoopControlVariable)}, {items}, {Statements(f.Body)}, {line})");
                break;
            case IBranchOperation { BranchKind: BranchKind.Break }:
                code.Add($"new {A}Break({line})");
                break;
            case IBranchOperation { BranchKind: BranchKind.Continue }:
                code.Add($"new {A}Continue({line})");
                break;
            case IThrowOperation t:
                if (t.Exception is null) Report(ScriptDiagnostics.Statement, o.Syntax.GetLocation(), "'throw;'", "throw a new exception with a message");
                else code.Add($"new {A}Throw({Thrown(t.Exception)}, {line})");
                break;
            case IUsingOperation u:
                Using(u.Resources, [u.Body], u, code);
                break;
            case ISwitchOperation s:
                Switch(s, code);
                break;
            case ILocalFunctionOperation:
                Report(ScriptDiagnostics.Statement, o.Syntax.GetLocation(), "a local function", "make it a static method marked [Script]");
                break;
            case ITryOperation:
                Report(ScriptDiagnostics.Statement, o.Syntax.GetLocation(), "'try'", "a graph can't catch errors; check the condition with 'if' instead");
                break;
            case ILockOperation:
                Report(ScriptDiagnostics.Statement, o.Syntax.GetLocation(), "'lock'", "a graph has no shared objects; leave it out");
                break;
            // A label by itself does nothing; who goes to it is refused.
            case ILabeledOperation l:
                if (l.Operation is not null) Statement(l.Operation, code);
                break;
            case IBranchOperation:
                Report(ScriptDiagnostics.Statement, o.Syntax.GetLocation(), "'goto'", "use a loop with 'break' or 'continue'");
                break;
            default:
                Report(ScriptDiagnostics.Statement, o.Syntax.GetLocation(), $"this statement ({o.Kind})", "use if, for, foreach, while, assignments, calls, return or throw");
                break;
        }
    }

    void Declare(IVariableDeclaratorOperation d, List<string> code)
    {
        var name = Name(d.Symbol);
        var value = d.Initializer?.Value ?? (d.Parent as IVariableDeclarationOperation)?.Initializer?.Value;
        if (value is not null) code.Add($"new {A}Assign(new {A}LocalTarget({Text(name)}), {Value(value, d.Symbol.Type)}, {Line(d)})");
    }

    /// <summary>An expression that stands as a statement.</summary>
    void Effect(IOperation o, List<string> code)
    {
        var line = Line(o);
        switch (o)
        {
            case ISimpleAssignmentOperation a:
                code.Add($"new {A}Assign({Target(a.Target)}, {Value(a.Value, a.Target.Type)}, {line})");
                break;
            case ICompoundAssignmentOperation a:
                code.Add($"new {A}Assign({Target(a.Target)}, {Compound(a)}, {line})");
                break;
            case IIncrementOrDecrementOperation i:
                code.Add($"new {A}Assign({Target(i.Target)}, {Step(i)}, {line})");
                break;
            case ICoalesceAssignmentOperation c:
                code.Add($"new {A}Assign({Target(c.Target)}, new {A}Binary({A}BinaryOp.Coalesce, {E(c.Target)}, {E(c.Value)}, {line}), {line})");
                break;
            case IDeconstructionAssignmentOperation d:
                code.Add($"new {A}Assign({Target(d.Target)}, {E(d.Value)}, {line})");
                break;
            case IInvocationOperation i when Assertion(i) is { } assertion:
                code.Add(assertion);
                break;
            default:
                code.Add($"new {A}ExprStmt({E(o)}, {line})");
                break;
        }
    }

    string Compound(ICompoundAssignmentOperation a) => Arithmetic(a.OperatorKind, E(a.Target), Operand(a.Value), a.Target.Type, Bare(a.Value).Type, a.Type, a);

    string Step(IIncrementOrDecrementOperation i) =>
        $"new {A}Binary({A}BinaryOp.{(i.Kind == OperationKind.Increment ? "Add" : "Subtract")}, {E(i.Target)}, new {A}Constant({(i.Type.IsReal() ? "1d" : "1L")}, {Line(i)}), {Line(i)})";

    string? Assertion(IInvocationOperation i)
    {
        if (i.TargetMethod is { Name: "Assert", ContainingType.Name: "Debug" })
            return $"new {A}Assert({E(i.Arguments[0].Value)}, {(i.Arguments.Length > 1 && i.Arguments[1].ArgumentKind == ArgumentKind.Explicit ? E(i.Arguments[1].Value) : "null")}, {Line(i)})";
        if (i.TargetMethod is { Name: "ThrowIfNull", ContainingType.Name: "ArgumentNullException" })
            return $"new {A}Assert(new {A}Binary({A}BinaryOp.IsNot, {E(i.Arguments[0].Value)}, new {A}Constant(null, {Line(i)}), {Line(i)}), new {A}Constant({Text("Value cannot be null.")}, {Line(i)}), {Line(i)})";
        return null;
    }

    /// <summary>Kind and message of an exception.</summary>
    string Thrown(IOperation exception)
    {
        var created = Bare(exception) as IObjectCreationOperation;
        var kind = exception is IConversionOperation c ? c.Operand.Type : exception.Type;
        var message = created?.Arguments.FirstOrDefault(static a => a.Parameter?.Name == "message" && a.ArgumentKind == ArgumentKind.Explicit)?.Value;
        if (created is null) return $"\"Exception\", {Fail(ScriptDiagnostics.Statement, exception, "'throw' of a variable", "throw a new exception with a message")}";
        return $"{Text(kind!.Name)}, {(message is null ? $"new {A}Constant({Text($"Exception of type '{kind.ToDisplayString()}' was thrown.")}, {Line(exception)})" : E(message))}";
    }

    void Using(IOperation resources, IEnumerable<IOperation> body, IOperation at, List<string> code)
    {
        var value = Bare(resources is IVariableDeclarationGroupOperation g ? g.Declarations[0].Declarators[0].Initializer?.Value ?? resources : resources);
        if (value is IInvocationOperation { TargetMethod: { ContainingType: var type, Name: var name } } i && type.Is("Flambeau.Autograd.Grad"))
        {
            var enabled = name switch
            {
                "No" or "Inference" => "false",
                "Yes" => "true",
                "Set" when i.Arguments[0].Value.ConstantValue is { HasValue: true, Value: bool b } => b ? "true" : "false",
                _ => null,
            };
            if (enabled is not null)
            {
                code.Add($"new {A}GradScope({enabled}, {Statements(body.SelectMany(static b => b is IBlockOperation x ? x.Operations : (IEnumerable<IOperation>)[b]))}, {Line(at)})");
                return;
            }
        }
        Report(ScriptDiagnostics.Statement, at.Syntax.GetLocation(), "'using'", "only Grad.No(), Grad.Yes(), Grad.Inference() and Grad.Set of a constant can be used so");
    }

    /// <summary>A counting loop becomes a range if its bounds can't change on the way.</summary>
    void For(IForLoopOperation f, List<string> code)
    {
        var line = Line(f);
        if (Counting(f) is { } range)
        {
            code.Add(range);
            return;
        }
        foreach (var b in f.Before)
        {
            if (b is IVariableDeclarationGroupOperation or IExpressionStatementOperation) Statement(b, code);
            else Effect(b, code);
        }
        var condition = f.Condition is null ? $"new {A}Constant(true, {line})" : E(f.Condition);
        code.Add($"new {A}While({condition}, {Statements(f.Body)}, {Statements(f.AtLoopBottom)}, true, {line})");
    }

    string? Counting(IForLoopOperation f)
    {
        if (f.Before is not [IVariableDeclarationGroupOperation { Declarations: [{ Declarators: [{ Initializer.Value: { } start, Symbol: { } i }] }] }] || !i.Type.IsInteger()) return null;
        if (f.Condition is not IBinaryOperation { LeftOperand: var left, RightOperand: var bound, OperatorKind: var op } || Bare(left) is not ILocalReferenceOperation { Local: var l } || !SymbolEqualityComparer.Default.Equals(l, i)) return null;
        if (f.AtLoopBottom is not [IExpressionStatementOperation { Operation: var step }]) return null;
        var by = step switch
        {
            IIncrementOrDecrementOperation { Kind: OperationKind.Increment } => 1L,
            IIncrementOrDecrementOperation => -1L,
            ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Add, Value.ConstantValue: { HasValue: true, Value: { } v } } => System.Convert.ToInt64(v),
            ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Subtract, Value.ConstantValue: { HasValue: true, Value: { } v } } => -System.Convert.ToInt64(v),
            _ => 0L,
        };
        var inclusive = op is BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThanOrEqual;
        if (by == 0 || (by > 0) != (op is BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual) || by < 0 && op is not (BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual)) return null;
        var assigned = Assigned(f.Body);
        if (assigned.Contains(i) || !Steady(bound, assigned)) return null;
        var line = Line(f);
        var stop = inclusive ? $"new {A}Binary({A}BinaryOp.Add, {E(bound)}, new {A}Constant({(by > 0 ? "1L" : "-1L")}, {line}), {line})" : E(bound);
        return $"new {A}ForEach(new {A}LocalTarget({Text(Name(i))}), {Builtin("Range", f, E(start), stop, $"new {A}Constant({by}L, {line})")}, {Statements(f.Body)}, {line})";
    }

    /// <summary>Whether an expression has the same value on each pass of a loop that assigns these variables.</summary>
    static bool Steady(IOperation o, HashSet<ISymbol> assigned) => o.ConstantValue.HasValue || o switch
    {
        IInstanceReferenceOperation => true,
        ILocalReferenceOperation l => !assigned.Contains(l.Local),
        IParameterReferenceOperation p => !assigned.Contains(p.Parameter),
        IConversionOperation c => Steady(c.Operand, assigned),
        IBinaryOperation b => Steady(b.LeftOperand, assigned) && Steady(b.RightOperand, assigned),
        IFieldReferenceOperation f => (f.Instance is null || Steady(f.Instance, assigned)) && f.Field.IsReadOnly,
        IPropertyReferenceOperation p => p.Property.Name is not "Count" && (p.Instance is null || Steady(p.Instance, assigned)) && p.Arguments.All(a => Steady(a.Value, assigned)),
        IInvocationOperation { TargetMethod.Name: "Size" } i => i.Instance is not null && Steady(i.Instance, assigned) && i.Arguments.All(a => Steady(a.Value, assigned)),
        _ => false,
    };

    HashSet<ISymbol> Assigned(IOperation body)
    {
        var set = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var o in body.DescendantsAndSelf())
        {
            var target = o switch
            {
                IAssignmentOperation a => a.Target,
                IIncrementOrDecrementOperation i => i.Target,
                _ => null,
            };
            foreach (var t in target?.DescendantsAndSelf() ?? [])
            {
                if (t is ILocalReferenceOperation l) set.Add(l.Local);
                if (t is IParameterReferenceOperation p) set.Add(p.Parameter);
            }
        }
        return set;
    }

    void Switch(ISwitchOperation s, List<string> code)
    {
        var line = Line(s);
        var value = Temporary();
        code.Add($"new {A}Assign(new {A}LocalTarget({Text(value)}), {E(s.Value)}, {line})");
        var local = $"new {A}Local({Text(value)}, {line})";
        var otherwise = "[]";
        foreach (var c in s.Cases.Reverse())
        {
            var body = c.Body.Length > 0 && c.Body[c.Body.Length - 1] is IBranchOperation { BranchKind: BranchKind.Break } ? c.Body.Take(c.Body.Length - 1) : c.Body;
            var nested = c.Body.SelectMany(static b => b.DescendantsAndSelf()).OfType<IBranchOperation>().Where(b => b.BranchKind == BranchKind.Break && SymbolEqualityComparer.Default.Equals(b.Target, s.ExitLabel) && !c.Body.Contains(b));
            foreach (var b in nested) Report(ScriptDiagnostics.Statement, b.Syntax.GetLocation(), "'break' inside a case", "let each case end in one 'break'");
            if (c.Clauses.Any(static x => x is IDefaultCaseClauseOperation)) otherwise = Statements(body);
            else
            {
                string? test = null;
                foreach (var clause in c.Clauses)
                {
                    var one = clause switch
                    {
                        ISingleValueCaseClauseOperation v => $"new {A}Binary({A}BinaryOp.Equal, {local}, {E(v.Value)}, {line})",
                        IPatternCaseClauseOperation p => p.Guard is null ? Pattern(p.Pattern, local) : $"new {A}Binary({A}BinaryOp.And, {Pattern(p.Pattern, local)}, {E(p.Guard)}, {line})",
                        _ => Fail(ScriptDiagnostics.Pattern, clause),
                    };
                    test = test is null ? one : $"new {A}Binary({A}BinaryOp.Or, {test}, {one}, {line})";
                }
                otherwise = $"[new {A}If({test}, {Statements(body)}, {otherwise}, {line})]";
            }
        }
        code.Add($"new {A}If(new {A}Constant(true, {line}), {otherwise}, [], {line})");
    }

    string Target(IOperation o)
    {
        switch (o)
        {
            case ILocalReferenceOperation l:
                return $"new {A}LocalTarget({Text(Name(l.Local))})";
            case IVariableDeclaratorOperation d:
                return $"new {A}LocalTarget({Text(Name(d.Symbol))})";
            case IParameterReferenceOperation p when SymbolEqualityComparer.Default.Equals(p.Parameter.ContainingSymbol, method):
                return $"new {A}LocalTarget({Text(Name(p.Parameter))})";
            case IDiscardOperation:
                return $"new {A}DiscardTarget()";
            case ITupleOperation t:
                return $"new {A}TupleTarget({List(t.Elements.Select(Target))})";
            case IDeclarationExpressionOperation d:
                return Target(d.Expression);
            case IConversionOperation c:
                return Target(c.Operand);
            case IArrayElementReferenceOperation or IImplicitIndexerReferenceOperation or IPropertyReferenceOperation { Property.IsIndexer: true } when Indexed(o) is var (of, parts):
                return $"new {A}IndexTarget({of}, {parts})";
            case IMemberReferenceOperation { Instance: { } instance, Type: var type } m when type.IsTensor() && instance.Type.IsModule():
                return $"new {A}MemberTarget({E(instance)}, {Text(m.Member.Name)}, {Getter(m)})";
            case IMemberReferenceOperation m:
                Report(ScriptDiagnostics.Assignment, o.Syntax.GetLocation(), m.Member.Name, "only local variables, items of tensors, lists and dictionaries, and tensors of the module can be: keep the value in a local variable, or in a [Buffer]");
                return $"new {A}DiscardTarget()";
            default:
                Report(ScriptDiagnostics.Assignment, o.Syntax.GetLocation(), o.Syntax.ToString(), "use a local variable");
                return $"new {A}DiscardTarget()";
        }
    }
}
