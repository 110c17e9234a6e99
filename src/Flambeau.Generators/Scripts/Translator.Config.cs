using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Flambeau.Generators.Scripts;

/// <summary>Which expressions depend on nothing but constants and the object's configuration: they may call any C#, which runs while the graph is built.</summary>
internal sealed partial class Translator
{
    /// <summary>Local variables that only ever hold such values.</summary>
    void FindConfig(IOperation body)
    {
        var values = new Dictionary<ISymbol, List<IOperation?>>(SymbolEqualityComparer.Default);
        void Add(ISymbol s, IOperation? value)
        {
            if (!values.TryGetValue(s, out var list)) values.Add(s, list = []);
            list.Add(value);
        }
        foreach (var o in body.DescendantsAndSelf())
        {
            switch (o)
            {
                case IVariableDeclaratorOperation d when d.Parent is IForEachLoopOperation f: Add(d.Symbol, f.Collection); break;
                case IVariableDeclaratorOperation { Initializer.Value: { } v } d: Add(d.Symbol, v); break;
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation l } a: Add(l.Local, a.Value); break;
                case IAssignmentOperation a:
                    foreach (var t in a.Target.DescendantsAndSelf().OfType<ILocalReferenceOperation>()) Add(t.Local, null);
                    break;
                case IIncrementOrDecrementOperation { Target: ILocalReferenceOperation l }: Add(l.Local, null); break;
                case IDeclarationPatternOperation { DeclaredSymbol: { } s }: Add(s, null); break;
                case IRecursivePatternOperation { DeclaredSymbol: { } s }: Add(s, null); break;
                case IArgumentOperation { Parameter.RefKind: RefKind.Out or RefKind.Ref } a:
                    foreach (var t in a.Value.DescendantsAndSelf().OfType<ILocalReferenceOperation>()) Add(t.Local, null);
                    break;
                case IForEachLoopOperation { LoopControlVariable: not IVariableDeclaratorOperation } f:
                    foreach (var t in f.LoopControlVariable.DescendantsAndSelf().OfType<ILocalReferenceOperation>()) Add(t.Local, f.Collection);
                    break;
            }
        }
        foreach (var s in values.Keys) config.Add(s);
        bool changed;
        do
        {
            changed = false;
            foreach (var v in values)
            {
                if (!config.Contains(v.Key) || v.Value.All(x => x is not null && IsConfig(x))) continue;
                config.Remove(v.Key);
                changed = true;
            }
        }
        while (changed);
    }

    bool IsConfig(IOperation o)
    {
        if (o.ConstantValue.HasValue) return true;
        if (o.Type.IsTensor() || o.Type is { IsRefLikeType: true }) return false;
        return o switch
        {
            IInstanceReferenceOperation => true,
            ILocalReferenceOperation l => config.Contains(l.Local),
            IParameterReferenceOperation p => !SymbolEqualityComparer.Default.Equals(p.Parameter.ContainingSymbol, method) || p.Type.IsModule() || p.Type.Is("Flambeau.Generator"),
            IInvocationOperation i => i.TargetMethod.Schema() is null && !i.TargetMethod.IsScript() && i.TargetMethod.MethodKind is not (MethodKind.LocalFunction or MethodKind.DelegateInvoke)
                && !(i.Instance?.Type.IsTensor() ?? false) && (i.Instance is null || IsConfig(i.Instance)) && i.Arguments.All(a => IsConfig(a.Value)),
            IMemberReferenceOperation m => m.Instance is null ? m is not IMethodReferenceOperation : !m.Instance.Type.IsTensor() && IsConfig(m.Instance) && (m is not IPropertyReferenceOperation p || p.Arguments.All(a => IsConfig(a.Value))),
            IConversionOperation or IBinaryOperation or IUnaryOperation or IConditionalOperation or ICoalesceOperation or ITupleOperation or IArrayCreationOperation or IArrayInitializerOperation or ICollectionExpressionOperation
                or IInterpolatedStringOperation or IInterpolatedStringTextOperation or IInterpolationOperation or IArrayElementReferenceOperation or IObjectCreationOperation or IArgumentOperation or IDefaultValueOperation
                or IImplicitIndexerReferenceOperation or ISpreadOperation or IRangeOperation or IObjectOrCollectionInitializerOperation or ITypeOfOperation => o.ChildOperations.All(IsConfig),
            _ => false,
        };
    }
}
