namespace Flambeau.Capture.Ast;

/// <summary>One part of an index.</summary>
public abstract record IndexPart;

/// <summary>A position (negative ones count from the end), a key, a mask or a tensor of positions.</summary>
public sealed record At(Expr Position) : IndexPart;

/// <summary><c>start:stop:step</c>, each of which may be missing or evaluate to null.</summary>
public sealed record SlicePart(Expr? Start, Expr? Stop, Expr? Step) : IndexPart;

/// <summary>All axes that other parts leave over.</summary>
public sealed record EllipsisPart : IndexPart;

/// <summary>A new axis of size 1.</summary>
public sealed record NewAxisPart : IndexPart;
