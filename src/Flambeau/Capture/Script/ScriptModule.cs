using Flambeau.Capture;
using Flambeau.Graphs;

namespace Flambeau;

/// <summary>A module's scripts as graphs, over the module's own parameters and buffers.</summary>
public sealed class ScriptModule
{
    readonly IScriptObject? module;
    readonly Dictionary<string, ScriptFunction> functions = new(StringComparer.Ordinal);

    internal ScriptModule(IScriptObject module)
    {
        this.module = module;
        if (!module.FindScripts("Forward").Any() && !module.FindScripts("forward").Any())
            throw new ScriptException($"{module.TypeName}.Forward is no script: mark it [Script] and its class partial");
    }

    /// <summary>Finished graphs as a module's methods.</summary>
    /// <param name="functions">By name; one is called <c>Forward</c>.</param>
    public ScriptModule(IEnumerable<KeyValuePair<string, ScriptFunction>> functions)
    {
        foreach (var (name, f) in functions) this.functions.Add(name, f);
    }

    /// <summary>A method by name.</summary>
    /// <exception cref="ScriptException">There is no such script.</exception>
    public ScriptFunction this[string method]
    {
        get
        {
            lock (functions)
            {
                if (functions.TryGetValue(method, out var f)) return f;
                var script = module?.FindScripts(method).FirstOrDefault() ?? throw new ScriptException($"{module?.TypeName ?? "the module"} has no script '{method}'");
                functions.Add(method, f = new(script, module));
                return f;
            }
        }
    }

    /// <summary>The method <c>Forward</c>.</summary>
    public ScriptFunction Main => this[module is not null && !module.FindScripts("Forward").Any() ? "forward" : "Forward"];

    /// <summary>The graph of <c>Forward</c>, for the module as it is configured now.</summary>
    public Graph Graph => Main.Graph;

    /// <summary>Calls <c>Forward</c>.</summary>
    public object? Call(params object?[] arguments) => Main.Call(arguments);

    /// <summary>Calls <c>Forward</c> with tensors, for a tensor.</summary>
    public Tensor Forward(params Tensor[] inputs) => Main.Forward(inputs);
}
