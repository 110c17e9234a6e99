namespace Flambeau.Capture.Lower;

/// <summary>What is known at one point of the program: the variables of the method that is being lowered, and the contents of all cells.</summary>
internal sealed class Env
{
    internal Dictionary<string, Sym> Locals { get; private set; }

    internal Dictionary<Cell, Content> Heap { get; private set; }

    internal Env() => (Locals, Heap) = (new(StringComparer.Ordinal), []);

    Env(Dictionary<string, Sym> locals, Dictionary<Cell, Content> heap) => (Locals, Heap) = (locals, heap);

    internal Env Clone() => new(new(Locals, StringComparer.Ordinal), new(Heap));

    /// <summary>Takes over what another knows.</summary>
    internal void Become(Env other) => (Locals, Heap) = (other.Locals, other.Heap);

    internal void Restore(Dictionary<string, Sym> locals, Dictionary<Cell, Content> heap) => (Locals, Heap) = (locals, heap);

    /// <summary>Begins a method with no variables; gives those of the caller.</summary>
    internal Dictionary<string, Sym> Enter()
    {
        var outer = Locals;
        Locals = new(StringComparer.Ordinal);
        return outer;
    }

    /// <summary>Ends a method.</summary>
    internal void Leave(Dictionary<string, Sym> outer) => Locals = outer;

    internal Ref New(Content content, string? hint = null)
    {
        var cell = new Cell(hint);
        Heap.Add(cell, content);
        return new(cell);
    }
}
