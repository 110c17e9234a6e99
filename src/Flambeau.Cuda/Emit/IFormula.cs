using Flambeau.Compiler.Loops;
using Flambeau.Cpu;
using Flambeau.Ops;

namespace Flambeau.Cuda.Emit;

/// <summary>A formula of one to three inputs, whichever interface the op has.</summary>
internal interface IFormula
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    static abstract int Count { get; }

    static abstract Rule Rule { get; }

    static abstract DType ComputeType(DType promoted);

    /// <summary>Applies it to expressions.</summary>
    ExprLane Apply(ExprLane a, ExprLane b, ExprLane c);
}

internal readonly record struct Formula1<TOp>(TOp Op) : IFormula where TOp : struct, IPointwise1
{
    public string Name => Op is IOp op ? op.Name : typeof(TOp).Name;
    public static int Count => 1;
    public static Rule Rule => TOp.Rule;
    public static DType ComputeType(DType promoted) => Pointwise.ComputeType<TOp>(promoted);
    public ExprLane Apply(ExprLane a, ExprLane b, ExprLane c) => Op.Apply(a);
}

internal readonly record struct Formula2<TOp>(TOp Op) : IFormula where TOp : struct, IPointwise2
{
    public string Name => Op is IOp op ? op.Name : typeof(TOp).Name;
    public static int Count => 2;
    public static Rule Rule => TOp.Rule;
    public static DType ComputeType(DType promoted) => Pointwise.ComputeType<TOp>(promoted);
    public ExprLane Apply(ExprLane a, ExprLane b, ExprLane c) => Op.Apply(a, b);
}

internal readonly record struct Formula3<TOp>(TOp Op) : IFormula where TOp : struct, IPointwise3
{
    public string Name => Op is IOp op ? op.Name : typeof(TOp).Name;
    public static int Count => 3;
    public static Rule Rule => TOp.Rule;
    public static DType ComputeType(DType promoted) => Pointwise.ComputeType<TOp>(promoted);
    public ExprLane Apply(ExprLane a, ExprLane b, ExprLane c) => Op.Apply(a, b, c);
}
