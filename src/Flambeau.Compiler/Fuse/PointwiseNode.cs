using Flambeau.Compiler.Loops;
using Flambeau.Compiler.Plan;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Fuse;

/// <summary>A node that computes each element from the elements at the same place, with its arguments.</summary>
/// <param name="Node">The node.</param>
/// <param name="Arguments">Slots and numbers, in the order of the formula.</param>
/// <param name="Types">The dtype to which each argument is converted first.</param>
/// <param name="Output">What it gives.</param>
/// <param name="Lane">What it computes in; null if it computes with bools only, as any lane can.</param>
internal sealed record PointwiseNode(OpNode Node, object[] Arguments, DType[] Types, Slot Output, DType? Lane) : Member(Node, Output, Lane)
{
    static readonly Tensor[] axes = [.. Enum.GetValues<DType>().Select(static d => Tensor.Zeros([0], d))];
    static readonly Tensor[] points = [.. Enum.GetValues<DType>().Select(static d => Tensor.Zeros([], d))];

    /// <summary>The node as a formula; null if it has none that regions can compute.</summary>
    internal static PointwiseNode? Of(OpNode node, Profile profile)
    {
        if (node.Outputs.Count != 1 || profile[node.Outputs[0]] is not Slot { Memory: { Input: < 0, State: null } } output) return null;
        if (!output.Layout.IsDense || output.Offset != 0 || (output.DType != DType.Bool && Formula.LaneOf(output.DType) is null)) return null;
        if (node.Op is not { } op || op is not (IPointwise or Choose or ToDtype or MaskedFill)) return null;
        var arguments = new List<object>();
        for (var i = 0; i < node.Inputs.Count; i++)
        {
            if (node.Entry.Schema.Arguments[i].Element != "Tensor") continue;
            switch (profile.Content(node.Inputs[i]))
            {
                case Slot s when s.Memory != output.Memory && s.Memory.Backend == output.Memory.Backend && (s.DType == DType.Bool || Formula.LaneOf(s.DType) is not null || s.DType is DType.Int8 or DType.Int16): arguments.Add(s); break;
                // Constants of formulas are doubles.
                case bool or double or (> -(1L << 53) and < 1L << 53): arguments.Add(profile.Content(node.Inputs[i])!); break;
                default: return null;
            }
        }
        DType[] types;
        switch (op)
        {
            case Choose: types = [DType.Bool, output.DType, output.DType]; break;
            case MaskedFill: types = [output.DType, DType.Bool, output.DType]; break;
            case ToDtype: types = [output.DType]; break;
            default:
                var compute = output.DType == DType.Bool ? Promoted(arguments) : output.DType;
                types = [.. arguments.Select(_ => compute)];
                break;
        }
        if (types.Length != arguments.Count) return null;
        DType? lane = null;
        foreach (var t in types.Append(output.DType))
        {
            if (t == DType.Bool) continue;
            if (Formula.LaneOf(t) is not { } l || (lane is { } other && other != l)) return null;
            lane = l;
        }
        if (op is ToDtype && output.DType == DType.Bool)
        {
            // Whether it is zero is asked in the argument's own type.
            if (arguments[0] is not Slot from || (from.DType != DType.Bool && Formula.LaneOf(from.DType) is null)) return null;
            lane = Formula.LaneOf(from.DType);
            types = [from.DType];
        }
        var made = new PointwiseNode(node, [.. arguments], types, output, lane);
        var trial = new ExprBuilder(lane ?? DType.UInt8);
        var e = made.Apply(trial, [.. arguments.Select((a, i) => a is Slot s ? made.Load(trial, trial.Input(false, s.DType == DType.Bool), s.DType, i) : made.Constant(trial, a, i))]);
        return e is null || e.Mask != (output.DType == DType.Bool) ? null : made;
    }

    static DType Promoted(List<object> arguments) =>
        Promotion.ResultType([.. arguments.Select(static a => a switch
        {
            Slot s => (s.Layout.Rank == 0 ? points : axes)[(int)s.DType],
            bool b => Tensor.Wrapped(b),
            long l => Tensor.Wrapped(l),
            _ => Tensor.Wrapped((double)a),
        })]);

    /// <summary>An argument that is a number, in the type the formula takes it in.</summary>
    internal Expr Constant(ExprBuilder builder, object number, int argument)
    {
        var x = number switch { bool b => b ? 1 : 0, long l => l, _ => (double)number };
        return Types[argument] == DType.Bool ? builder.Const(x != 0 ? 1 : 0, mask: true) : builder.Const(Types[argument] switch
        {
            // Numbers wrap as they do when they become elements.
            DType.UInt8 => unchecked((byte)(long)x),
            DType.Int8 => unchecked((sbyte)(long)x),
            DType.Int16 => unchecked((short)(long)x),
            DType.Int32 => unchecked((int)(long)x),
            DType.Int64 => Math.Truncate(x),
            _ => x,
        });
    }

    /// <summary>An argument of another dtype of the same lane, in the type the formula takes it in.</summary>
    internal Expr Load(ExprBuilder builder, Expr e, DType from, int argument)
    {
        var to = Types[argument];
        if (from == to) return e;
        // What a region reads from memory arrives in its lane type.
        return from == DType.Bool || to == DType.Bool ? Formula.Convert(builder, e, from, to)! : e;
    }

    internal override IEnumerable<Slot> Reads => Arguments.OfType<Slot>();

    internal override Expr Build(ExprBuilder builder, IReadOnlyDictionary<Slot, Expr> values) =>
        Apply(builder, [.. Arguments.Select((a, i) => a is Slot s ? Load(builder, values[s], s.DType, i) : Constant(builder, a, i))])!;

    /// <summary>The formula on arguments in their types.</summary>
    internal Expr? Apply(ExprBuilder builder, Expr[] args) => Node.Op switch
    {
        Choose => builder.Make(ExprOp.Select, args),
        MaskedFill => builder.Make(ExprOp.Select, args[1], args[2], args[0]),
        ToDtype t => t.Dtype == DType.Bool ? Formula.Convert(builder, args[0], Types[0], DType.Bool) : args[0],
        var op => Formula.Of(op!, builder, Types.Length > 0 ? Types[0] : Output.DType, args),
    };
}
