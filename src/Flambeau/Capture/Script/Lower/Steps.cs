using Flambeau.Capture.Ast;

namespace Flambeau.Capture.Lower;

/// <summary>How a run of statements ended.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
    Return,
    Throw,
    /// <summary>Differently on different ways: the variable <see cref="Lowering.FlowSlot"/> says how.</summary>
    Mixed,
}

/// <summary>What is still to be run up to the next border (the end of a method, or of one pass of a loop that stays a loop).</summary>
internal abstract record Rest
{
    internal abstract Rest? Behind { get; }
}

/// <summary>Statements from a position on.</summary>
internal sealed record Steps(IReadOnlyList<Stmt> Statements, int At, Rest? Next) : Rest
{
    internal override Rest? Behind => Next;
}

/// <summary>The further passes of a loop that is written out; <c>continue</c> comes here, <c>break</c> goes behind it.</summary>
internal sealed record Passes(Func<Rest?, Rest?> Again, Rest? Next) : Rest
{
    internal override Rest? Behind => Next;
}

/// <summary>What statements can do, as far as their text shows.</summary>
internal static class Exits
{
    /// <summary>Whether a return, or a break or continue of a loop around these statements, may be among them.</summary>
    internal static bool Any(IReadOnlyList<Stmt> statements) => Has(statements, true);

    /// <summary>Whether a return may be among them.</summary>
    internal static bool Returns(IReadOnlyList<Stmt> statements) => statements.Any(HasReturn);

    static bool HasReturn(Stmt s) => s switch
    {
        Return => true,
        If i => Returns(i.Then) || Returns(i.Else),
        While w => Returns(w.Body),
        ForEach f => Returns(f.Body),
        GradScope g => Returns(g.Body),
        _ => false,
    };

    static bool Has(IReadOnlyList<Stmt> statements, bool loops) => statements.Any(s => s switch
    {
        Return => true,
        Break or Continue => loops,
        If i => Has(i.Then, loops) || Has(i.Else, loops),
        While w => Has(w.Body, false),
        ForEach f => Has(f.Body, false),
        GradScope g => Has(g.Body, loops),
        _ => false,
    });
}
