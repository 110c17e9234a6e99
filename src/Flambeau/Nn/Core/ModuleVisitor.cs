namespace Flambeau.Nn;

/// <summary>Told every member of a module's state by generated code, in declaration order.</summary>
public abstract class ModuleVisitor
{
    /// <summary>A trained tensor.</summary>
    protected abstract void OnParameter(string name, Tensor value);

    /// <summary>A tensor that isn't trained.</summary>
    protected abstract void OnBuffer(string name, Tensor value, bool persistent);

    /// <summary>A submodule.</summary>
    protected abstract void OnModule(string name, Module value);

    /// <summary>Called by generated code.</summary>
    public void Parameter(string name, Tensor? value)
    {
        if (value is not null) OnParameter(name, value);
    }

    /// <inheritdoc cref="Parameter(string, Tensor?)"/>
    public void Parameter(string name, IEnumerable<Tensor?>? values) => Each(name, values, Parameter);

    /// <inheritdoc cref="Parameter(string, Tensor?)"/>
    public void Parameter(string name, IEnumerable<KeyValuePair<string, Tensor>>? values) => Each(name, values, Parameter);

    /// <summary>Called by generated code.</summary>
    public void Buffer(string name, Tensor? value, bool persistent = true)
    {
        if (value is not null) OnBuffer(name, value, persistent);
    }

    /// <inheritdoc cref="Buffer(string, Tensor?, bool)"/>
    public void Buffer(string name, IEnumerable<Tensor?>? values, bool persistent = true) => Each(name, values, (n, v) => Buffer(n, v, persistent));

    /// <inheritdoc cref="Buffer(string, Tensor?, bool)"/>
    public void Buffer(string name, IEnumerable<KeyValuePair<string, Tensor>>? values, bool persistent = true) => Each(name, values, (n, v) => Buffer(n, v, persistent));

    /// <summary>Called by generated code.</summary>
    public void Module(string name, Module? value)
    {
        if (value is not null) OnModule(name, value);
    }

    /// <inheritdoc cref="Module(string, Nn.Module?)"/>
    public void Module(string name, IEnumerable<Module?>? values) => Each(name, values, Module);

    /// <inheritdoc cref="Module(string, Nn.Module?)"/>
    public void Module<T>(string name, IEnumerable<KeyValuePair<string, T>>? values) where T : Module => Each(name, values, Module);

    static void Each<T>(string name, IEnumerable<T>? values, Action<string, T> visit)
    {
        var i = 0;
        foreach (var v in values ?? []) visit($"{name}.{i++}", v);
    }

    static void Each<T>(string name, IEnumerable<KeyValuePair<string, T>>? values, Action<string, T> visit)
    {
        foreach (var (key, v) in values ?? []) visit($"{name}.{key}", v);
    }
}
