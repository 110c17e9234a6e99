using System.Collections.Concurrent;
using Flambeau.Capture;
using Flambeau.Capture.Ast;

namespace Flambeau;

/// <summary>
/// Marks a method that runs as ordinary C# and is also translated, when the program is compiled, to a tree from which a graph is made. On methods of modules and on static methods of
/// partial types. What can't be translated is an error at its place (FLB1xx).
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScriptAttribute : Attribute;

/// <summary>Gives the graphs of <see cref="ScriptAttribute"/> methods.</summary>
public static class Script
{
    static readonly ConcurrentDictionary<Delegate, Func<ScriptMethod>> statics = new();

    /// <summary>Whether scripts run as graphs. Off, they run as the C# they were written in; the environment variable <c>FLAMBEAU_JIT=0</c> turns it off at the start.</summary>
    public static bool Enabled { get; set; } = Environment.GetEnvironmentVariable("FLAMBEAU_JIT") != "0";

    /// <summary>A module whose methods are scripts.</summary>
    /// <exception cref="ScriptException">None of its methods is marked <c>[Script]</c>.</exception>
    public static ScriptModule Of(IScriptObject module) => new(module);

    /// <summary>A static method that is a script, such as <c>Script.Of((Func&lt;Tensor, Tensor&gt;)Decode)</c>.</summary>
    /// <exception cref="ScriptException">The method isn't marked <c>[Script]</c>.</exception>
    public static ScriptFunction Of(Delegate method) => statics.TryGetValue(method, out var script) ? new(script(), null)
        : throw new ScriptException($"{method.Method.Name} is no static script: mark it [Script], make its type partial, and give it as Func<…> or Action<…> of its parameters");

    internal static ScriptMethod? Find(Delegate method) => statics.TryGetValue(method, out var script) ? script() : null;

    /// <summary>Called by generated code when a program starts.</summary>
    [System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
    public static void Register(Delegate method, Func<ScriptMethod> script) => statics[method] = script;
}
