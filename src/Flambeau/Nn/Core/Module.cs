namespace Flambeau.Nn;

/// <summary>
/// A part of a network with state. Derive a partial class, mark it <see cref="ModuleAttribute"/>, mark tensors <see cref="ParameterAttribute"/> or <see cref="BufferAttribute"/>;
/// submodules, also in arrays, lists and dictionaries, are found by their type. Nothing is registered by hand.
/// </summary>
public abstract partial class Module
{
    /// <summary>Whether layers such as dropout behave as in training.</summary>
    public bool Training { get; private set; } = true;

    /// <summary>Reports the state to a visitor; generated for classes marked <see cref="ModuleAttribute"/>.</summary>
    public virtual void Visit(ModuleVisitor visitor) { }

    /// <summary>This module and all below it, with their keys (empty for this one); each once.</summary>
    public IEnumerable<KeyValuePair<string, Module>> NamedModules()
    {
        var found = new List<KeyValuePair<string, Module>>();
        var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance);
        Walk("", this);
        return found;

        void Walk(string prefix, Module m)
        {
            if (!seen.Add(m)) return;
            found.Add(new(prefix, m));
            foreach (var (name, child) in Members.Of(m).Modules) Walk(Join(prefix, name), child);
        }
    }

    /// <summary>This module and all below it, each once.</summary>
    public IEnumerable<Module> Modules() => NamedModules().Select(static m => m.Value);

    /// <summary>Direct submodules with their keys.</summary>
    public IReadOnlyList<KeyValuePair<string, Module>> NamedChildren() => Members.Of(this).Modules;

    /// <summary>All trained tensors with their state-dict keys; a shared one once.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> NamedParameters() => Unique(static m => m.Parameters);

    /// <summary>All trained tensors; a shared one once.</summary>
    public IEnumerable<Tensor> Parameters() => NamedParameters().Select(static p => p.Value);

    /// <summary>All buffers with their keys.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> NamedBuffers() => Unique(static m => m.Buffers.Select(static b => KeyValuePair.Create(b.Name, b.Value)));

    IEnumerable<KeyValuePair<string, Tensor>> Unique(Func<Members, IEnumerable<KeyValuePair<string, Tensor>>> of)
    {
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var (prefix, m) in NamedModules())
        {
            foreach (var (name, t) in of(Members.Of(m)))
            {
                if (seen.Add(t)) yield return new(Join(prefix, name), t);
            }
        }
    }

    /// <summary>All parameters and persistent buffers under PyTorch's keys. The tensors are the module's own, detached from history.</summary>
    public IReadOnlyDictionary<string, Tensor> StateDict()
    {
        var state = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        Collect("", this, (key, t) => state[key] = t.Detach());
        return state;
    }

    /// <summary>Copies values into parameters and buffers, converting dtypes.</summary>
    /// <param name="state">Values by key.</param>
    /// <param name="strict">Refuse missing and unexpected keys.</param>
    /// <returns>Keys without a value, and values without a key.</returns>
    /// <exception cref="ArgumentException">A shape differs, or, when strict, keys do; all problems are listed.</exception>
    public (IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected) LoadStateDict(IEnumerable<KeyValuePair<string, Tensor>> state, bool strict = true)
    {
        var given = state.ToDictionary(static s => s.Key, static s => s.Value, StringComparer.Ordinal);
        var own = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        Collect("", this, (key, t) => own[key] = t);
        var missing = own.Keys.Where(k => !given.ContainsKey(k)).ToArray();
        var unexpected = given.Keys.Where(k => !own.ContainsKey(k)).ToArray();
        var problems = own.Where(o => given.TryGetValue(o.Key, out var g) && g.Shape != o.Value.Shape)
            .Select(o => $"'{o.Key}' has shape {given[o.Key].Shape}, the module's is {o.Value.Shape}").ToList();
        if (strict && missing.Length > 0) problems.Add("missing: " + string.Join(", ", missing));
        if (strict && unexpected.Length > 0) problems.Add("unexpected: " + string.Join(", ", unexpected));
        if (problems.Count > 0) throw new ArgumentException($"the state doesn't fit {GetType().Name}:\n  {string.Join("\n  ", problems)}");
        using var off = Autograd.Grad.No();
        foreach (var (key, t) in own)
        {
            if (given.TryGetValue(key, out var g)) t.Copy_(g);
        }
        return (missing, unexpected);
    }

    static void Collect(string prefix, Module m, Action<string, Tensor> visit)
    {
        var members = Members.Of(m);
        foreach (var (name, t) in members.Parameters) visit(Join(prefix, name), t);
        foreach (var b in members.Buffers)
        {
            if (b.Persistent) visit(Join(prefix, b.Name), b.Value);
        }
        foreach (var (name, child) in members.Modules) Collect(Join(prefix, name), child, visit);
    }

    /// <summary>Switches this module and all below it to training or evaluation.</summary>
    public void Train(bool training = true)
    {
        foreach (var m in Modules()) m.Training = training;
    }

    /// <summary>Switches to evaluation: dropout passes through, batch norm uses its running statistics.</summary>
    public void Eval() => Train(false);

    /// <summary>Forgets all gradients.</summary>
    public void ZeroGrad()
    {
        foreach (var p in Parameters()) p.Grad = null;
    }

    /// <summary>Lets gradients flow to all parameters, or stops them.</summary>
    public void RequireGrad(bool requiresGrad = true)
    {
        foreach (var p in Parameters()) p.RequiresGrad = requiresGrad;
    }

    /// <summary>Converts all floating-point parameters and buffers in place.</summary>
    public void To(DType dtype)
    {
        if (!dtype.IsDifferentiable()) throw new ArgumentException($"a module can be converted to a floating-point or complex dtype, not to {dtype.Name()}");
        foreach (var t in Parameters().Concat(NamedBuffers().Select(static b => b.Value)))
        {
            if (t.DType.IsDifferentiable()) t.Become(t.Detach().To(dtype));
        }
    }

    /// <summary>Moves all parameters and buffers to a device, in place; gradients are forgotten.</summary>
    public void To(Device device)
    {
        foreach (var t in Parameters().Concat(NamedBuffers().Select(static b => b.Value))) t.Become(t.Detach().To(device));
    }

    /// <summary>Brings all parameters and buffers of 4 or 5 axes into a memory order, in place; gradients are forgotten. See <see cref="MemoryFormat"/>.</summary>
    public void To(MemoryFormat format)
    {
        foreach (var t in Parameters().Concat(NamedBuffers().Select(static b => b.Value)))
        {
            if (t.Rank is 4 or 5) t.Become(t.Detach().Contiguous(format));
        }
    }

    /// <summary>Calls a function on this module and all below it, deepest first.</summary>
    public void Apply(Action<Module> action)
    {
        foreach (var m in Modules().Reverse()) action(m);
    }

    static string Join(string prefix, string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";

    /// <summary>Direct members of one module.</summary>
    sealed class Members : ModuleVisitor
    {
        internal readonly List<KeyValuePair<string, Tensor>> Parameters = [];
        internal readonly List<(string Name, Tensor Value, bool Persistent)> Buffers = [];
        internal readonly List<KeyValuePair<string, Module>> Modules = [];

        internal static Members Of(Module m)
        {
            var members = new Members();
            m.Visit(members);
            return members;
        }

        protected override void OnParameter(string name, Tensor value) => Parameters.Add(new(name, value));

        protected override void OnBuffer(string name, Tensor value, bool persistent) => Buffers.Add((name, value, persistent));

        protected override void OnModule(string name, Module value) => Modules.Add(new(name, value));
    }
}

/// <summary>A module that maps one tensor to one tensor.</summary>
public abstract class Layer : Module
{
    /// <summary>Applies the layer.</summary>
    public abstract Tensor Forward(Tensor input);
}
