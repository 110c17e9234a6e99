using Flambeau.Autograd;

namespace Flambeau.Optim;

/// <summary>Changes parameters by their gradients. Groups of parameters may have their own options.</summary>
public abstract class Optimizer
{
    readonly List<ParamGroup> groups = [];
    readonly Dictionary<Tensor, ParamState> states = new(ReferenceEqualityComparer.Instance);
    readonly (string, double)[] defaults;

    /// <param name="parameters">Leaves that require a gradient.</param>
    /// <param name="defaults">Options by PyTorch's names.</param>
    /// <exception cref="ArgumentException">There is no parameter, or one is no leaf or appears twice.</exception>
    protected Optimizer(IEnumerable<Tensor> parameters, params (string Name, double Value)[] defaults)
    {
        this.defaults = defaults;
        AddGroup(parameters);
        if (groups[0].Parameters.Count == 0) throw new ArgumentException("an optimizer needs at least one parameter");
    }

    /// <summary>Groups of parameters with their options.</summary>
    public IReadOnlyList<ParamGroup> Groups => groups;

    /// <summary>Learning rate of the first group; setting it sets all.</summary>
    public double LearningRate
    {
        get => groups[0].LearningRate;
        set
        {
            foreach (var g in groups) g.LearningRate = value;
        }
    }

    /// <summary>Adds parameters with options of their own; options not given have the optimizer's values.</summary>
    public ParamGroup AddGroup(IEnumerable<Tensor> parameters, params (string Name, double Value)[] options)
    {
        var all = defaults.Select(static d => KeyValuePair.Create(d.Item1, d.Item2)).Concat(options.Select(o => Array.Exists(defaults, d => d.Item1 == o.Name)
            ? KeyValuePair.Create(o.Name, o.Value) : throw new ArgumentException($"{GetType().Name} has no option '{o.Name}'; it has {string.Join(", ", defaults.Select(static d => d.Item1))}")));
        var group = new ParamGroup(parameters, all);
        foreach (var p in group.Parameters)
        {
            if (!p.IsLeaf) throw new ArgumentException($"a tensor of shape {p.Shape} is the result of recorded ops; only leaves can be optimised");
            if (!states.TryAdd(p, new())) throw new ArgumentException($"a parameter of shape {p.Shape} was given to the optimizer twice");
        }
        groups.Add(group);
        return group;
    }

    /// <summary>Forgets the gradients of all parameters.</summary>
    public void ZeroGrad()
    {
        foreach (var g in groups)
        {
            foreach (var p in g.Parameters) p.Grad = null;
        }
    }

    /// <summary>Changes every parameter that has a gradient.</summary>
    public virtual void Step()
    {
        using var off = Grad.No();
        foreach (var g in groups)
        {
            foreach (var p in g.Parameters)
            {
                if (p.Grad is not { } grad) continue;
                var s = states[p];
                s.Step++;
                Update(g, p, g.Options.TryGetValue("maximize", out var m) && m != 0 ? -grad.Detach() : grad.Detach(), s);
            }
        }
    }

    /// <summary>Computes the loss and its gradients by the closure, then steps. Some optimizers call the closure several times.</summary>
    /// <returns>The first loss.</returns>
    public virtual Tensor Step(Func<Tensor> closure)
    {
        Tensor loss;
        using (Grad.Yes()) loss = closure();
        Step();
        return loss;
    }

    /// <summary>Changes one parameter; history is off. <c>state.Step</c> counts from 1.</summary>
    protected abstract void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state);

    internal ParamState StateOf(Tensor parameter) => states[parameter];

    /// <summary>The optimizer's state in the form of PyTorch's: <c>state</c> by parameter number, and <c>param_groups</c>.</summary>
    public Dictionary<string, object?> StateDict()
    {
        var numbers = Numbers();
        var state = new Dictionary<object, object?>();
        foreach (var (p, s) in states)
        {
            if (s.Step > 0 || s.Tensors.Count > 0) state[(long)numbers[p]] = s.Save();
        }
        var saved = groups.Select(g => (object?)g.Options.ToDictionary(static o => o.Key, static o => (object?)o.Value)
            .Append(KeyValuePair.Create("params", (object?)g.Parameters.Select(p => (object?)(long)numbers[p]).ToList())).ToDictionary()).ToList();
        return new() { ["state"] = state, ["param_groups"] = saved };
    }

    /// <summary>Restores what <see cref="StateDict"/> gave, for the same parameters in the same order.</summary>
    /// <exception cref="ArgumentException">Groups or parameters differ in number.</exception>
    public void LoadStateDict(IEnumerable<KeyValuePair<string, object?>> stateDict)
    {
        var dict = stateDict.ToDictionary();
        if (!dict.TryGetValue("state", out var st) || !dict.TryGetValue("param_groups", out var pg))
            throw new ArgumentException("an optimizer's state has the keys 'state' and 'param_groups'; this has " + string.Join(", ", dict.Keys));
        var saved = StateTree.List(pg).Select(StateTree.Dictionary).ToArray();
        if (saved.Length != groups.Count) throw new ArgumentException($"the state has {saved.Length} groups, the optimizer {groups.Count}");
        var parameters = groups.SelectMany(static g => g.Parameters).ToArray();
        for (var i = 0; i < saved.Length; i++)
        {
            if (saved[i].TryGetValue("params", out var ps) && StateTree.List(ps).Count() != groups[i].Parameters.Count)
                throw new ArgumentException($"group {i} of the state has {StateTree.List(ps).Count()} parameters, the optimizer's has {groups[i].Parameters.Count}");
            foreach (var (k, v) in StateTree.Options(saved[i])) groups[i][k] = v;
        }
        foreach (var p in parameters) states[p] = new();
        foreach (var (k, v) in StateTree.Dictionary(st))
        {
            var i = int.Parse(k, System.Globalization.CultureInfo.InvariantCulture);
            if (i < 0 || i >= parameters.Length) throw new ArgumentException($"the state has a parameter number {i}; the optimizer has {parameters.Length} parameters");
            states[parameters[i]].Load(StateTree.Dictionary(v));
        }
    }

    Dictionary<Tensor, int> Numbers()
    {
        var numbers = new Dictionary<Tensor, int>(ReferenceEqualityComparer.Instance);
        foreach (var p in groups.SelectMany(static g => g.Parameters)) numbers.Add(p, numbers.Count);
        return numbers;
    }
}
