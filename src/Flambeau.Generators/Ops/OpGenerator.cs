using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;

namespace Flambeau.Generators.Ops;

/// <summary>From every [Op]: the public method, dispatch with recording, the in-place form and the registry row.</summary>
[Generator]
public sealed class OpGenerator : IIncrementalGenerator
{
    static readonly DiagnosticDescriptor Mismatch = new("FLB001", "An [Op] definition doesn't agree with its schema", "{0}: {1}", "Flambeau", DiagnosticSeverity.Error, true);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var ops = context.SyntaxProvider.ForAttributeWithMetadataName("Flambeau.Ops.OpAttribute", static (_, _) => true, static (c, _) => Read(c));
        context.RegisterSourceOutput(ops, static (c, op) =>
        {
            if (op.Error is not null) c.ReportDiagnostic(Diagnostic.Create(Mismatch, op.Where, op.Hint, op.Error));
            if (op.Source is not null) c.AddSource(op.Hint + ".g.cs", op.Source);
        });
        // Only the core has the registry; other assemblies see this generator too.
        var isCore = context.CompilationProvider.Select(static (c, _) => c.Assembly.GetTypeByMetadataName("Flambeau.Ops.Registry") is not null);
        context.RegisterSourceOutput(ops.Select(static (o, _) => o.Rows).Collect().Combine(isCore), static (c, rows) =>
        {
            if (rows.Right) EmitRegistry(c, rows.Left);
        });
    }

    /// <summary>The source that an op struct yields; null if it is none.</summary>
    internal static string? SourceOf(GeneratorAttributeSyntaxContext c) => Read(c).Source;

    static OpResult Read(GeneratorAttributeSyntaxContext c)
    {
        var where = c.TargetNode.GetLocation();
        var rows = new StringBuilder();
        string? source = null, error = null;
        var name = c.TargetSymbol.ContainingType is { } t ? t.Name + "." + c.TargetSymbol.Name : c.TargetSymbol.Name;
        foreach (var a in c.Attributes)
        {
            var text = a.ConstructorArguments.FirstOrDefault().Value as string ?? "";
            if (Schema.Parse(text) is not { } schema)
            {
                error = $"'{text}' is not a schema; expected 'name(Type arg, Type arg=default) -> Type'";
                continue;
            }
            bool Flag(string flag) => a.NamedArguments.Any(n => n.Key == flag && n.Value.Value is true);
            if (c.TargetSymbol is INamedTypeSymbol type)
            {
                var op = new OpModel(type, text, schema, Flag("View"), Flag("InPlace"), Flag("AnyDevice"));
                error ??= op.Error ?? Check(op);
                if (error is not null) continue;
                source ??= OpEmitter.Emit(op);
                StructRow(rows, op);
            }
            else if (c.TargetSymbol is IMethodSymbol method) error ??= MethodRow(rows, method, text, schema);
        }
        return new(name, source, error is null ? rows.ToString() : "", error, where);
    }

    static string? Check(OpModel op)
    {
        foreach (var a in op.Args)
        {
            if (Names.Reader(a.CSharpType) is null) return $"argument '{a.Name}' has C# type {a.CSharpType}, which the registry can't read";
        }
        return null;
    }

    static void StructRow(StringBuilder rows, OpModel op)
    {
        string Read(OpModel.Arg a) => $"a.{Names.Reader(a.CSharpType)}({op.Args.IndexOf(a)})";
        var ctor = string.Join(", ", op.Args.Where(a => !a.IsTensor).Select(Read));
        var tensors = string.Join("", op.Tensors.Select(a => ", " + Read(a)));
        rows.AppendLine($"        new({Literal(op.SchemaText)}, static a => {op.Full}.Run(new({ctor}){tensors}), isPrimitive: true, isDifferentiable: {(op.IsDifferentiable ? "true" : "false")}, create: static a => new {op.Full}({ctor})),");
        if (op.IsInPlace && op.Schema.Name.IndexOf('.') < 0 && op.Args[0].CSharpType == "Tensor")
        {
            var call = string.Join(", ", op.Args.Skip(1).Select(Read));
            var schema = op.Schema.Name + "_" + op.SchemaText.Substring(op.Schema.Name.Length);
            rows.AppendLine($"        new({Literal(schema)}, static a => a.Tensor(0).{op.Type.Name}_({call}), isPrimitive: false, isDifferentiable: {(op.IsDifferentiable ? "true" : "false")}),");
        }
    }

    static string? MethodRow(StringBuilder rows, IMethodSymbol m, string text, Schema schema)
    {
        var reads = new List<string>();
        var ps = m.Parameters;
        var self = m.IsStatic ? 0 : 1;
        if (ps.Length + self != schema.Args.Count) return $"the method has {ps.Length + self} parameters (with this), the schema {schema.Args.Count}";
        for (var i = 0; i < ps.Length; i++)
        {
            if (Names.Reader(ps[i].Type.ToDisplayString(Names.Format)) is not { } r) return $"parameter '{ps[i].Name}' has type {ps[i].Type}, which the registry can't read";
            reads.Add($"a.{r}({i + self})");
        }
        var target = m.IsStatic ? "global::" + m.ContainingType.ToDisplayString() + "." + m.Name : "a.Tensor(0)." + m.Name;
        var call = $"{target}({string.Join(", ", reads)})";
        rows.AppendLine($"        new({Literal(text)}, static a => {call}, isPrimitive: false, isDifferentiable: true),");
        return null;
    }

    static string Literal(string s) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(s, true);

    static void EmitRegistry(SourceProductionContext c, ImmutableArray<string> rows)
    {
        var s = new StringBuilder();
        s.AppendLine("// <auto-generated/>").AppendLine("#nullable enable").AppendLine("#pragma warning disable").AppendLine("namespace Flambeau.Ops;");
        s.AppendLine("public static partial class Registry").AppendLine("{");
        s.AppendLine("    static OpEntry[] All() =>").AppendLine("    [");
        foreach (var r in rows.OrderBy(static r => r, System.StringComparer.Ordinal)) s.Append(r);
        s.AppendLine("    ];").AppendLine("}");
        c.AddSource("Registry.g.cs", s.ToString());
    }
}
