using System.ComponentModel;
using Flambeau.Capture;
using Flambeau.Capture.Ast;

namespace Flambeau.Nn;

public abstract partial class Module : IScriptObject
{
    /// <summary>The scripts of a name, the most derived first; overridden by generated code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual IEnumerable<ScriptMethod> ScriptsNamed(string name) => [];

    string IScriptObject.TypeName => GetType().Name;

    bool IScriptObject.TryGetMember(string name, out object? value)
    {
        value = null;
        return false;
    }

    IEnumerable<ScriptMethod> IScriptObject.FindScripts(string name) => ScriptsNamed(name);

    IEnumerable<ScriptState> IScriptObject.ScriptState =>
        NamedParameters().Select(static p => new ScriptState(p.Key, p.Value, true)).Concat(NamedBuffers().Select(static b => new ScriptState(b.Key, b.Value, false)));
}
