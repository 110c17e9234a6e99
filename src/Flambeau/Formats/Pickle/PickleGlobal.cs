namespace Flambeau.Formats;

/// <summary>What a pickle means by a Python class or function: a C# function over data, never a lookup by name in any assembly.</summary>
internal class PickleGlobal(string name, Func<PyTuple, object?>? call = null)
{
    internal string Name => name;

    internal virtual object? Call(PyTuple arguments) => call is not null
        ? call(arguments)
        : throw new CheckpointException($"the pickle calls {CheckpointException.Quote(name)}, which is only known as a name");
}

/// <summary>A class kept as inert data.</summary>
internal sealed class UnknownGlobal(string name) : PickleGlobal(name)
{
    internal override object? Call(PyTuple arguments) => new PyObject(Name, arguments);
}

/// <summary>An object under construction that takes its content from a BUILD instruction.</summary>
internal interface IPickleBuildable
{
    void Build(object? state);
}

/// <summary>What surrounds a pickle: the globals it may name, and the objects stored outside it.</summary>
internal abstract class PickleHost
{
    internal abstract PickleGlobal Global(string module, string name);

    internal abstract object? Persistent(object? id);
}

/// <summary>A host of plain data only.</summary>
internal sealed class PlainHost : PickleHost
{
    internal override PickleGlobal Global(string module, string name) =>
        throw new CheckpointException($"refused: the pickle asks for {CheckpointException.Quote($"{module}.{name}")} where only numbers and strings belong");

    internal override object? Persistent(object? id) => throw new CheckpointException("refused: the pickle refers to an outside object where only numbers and strings belong");
}
