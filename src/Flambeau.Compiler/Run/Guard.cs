using Flambeau.Nn;

namespace Flambeau.Compiler.Run;

/// <summary>What a version of a program was compiled for.</summary>
internal sealed class Guard
{
    readonly (DType DType, Layout Layout, DeviceBackend? Backend)[] inputs;
    readonly (Tensor Tensor, DType DType, Layout Layout, DeviceBackend? Backend, int Version)[] state;
    readonly bool training;
    readonly bool history;
    readonly bool[] inputGradients, stateGradients;

    /// <param name="inputs">The inputs.</param>
    /// <param name="module">Whose mode matters.</param>
    /// <param name="state">State whose dtype and layout are fixed.</param>
    /// <param name="folded">State whose elements became part of the code.</param>
    /// <param name="history">Results carry history; then it matters which tensors want gradients.</param>
    internal Guard(IReadOnlyList<Tensor> inputs, Module? module, IReadOnlyCollection<Tensor> state, IReadOnlySet<Tensor> folded, bool history)
    {
        this.history = history;
        inputGradients = history ? [.. inputs.Select(static t => t.RequiresGrad)] : [];
        stateGradients = history ? [.. state.Select(static t => t.RequiresGrad)] : [];
        this.inputs = [.. inputs.Select(static t => (t.DType, t.Layout, t.Storage.Backend))];
        this.state = [.. state.Select(t => (t, t.DType, t.Layout, t.Storage.Backend, folded.Contains(t) ? t.Storage.Version : -1))];
        training = module?.Training ?? false;
    }

    /// <summary>Whether the version serves these inputs.</summary>
    internal bool Holds(IReadOnlyList<Tensor> given, Module? module, bool withHistory)
    {
        if (withHistory != history) return false;
        for (var i = 0; i < inputGradients.Length && i < given.Count; i++)
        {
            if (given[i].RequiresGrad != inputGradients[i]) return false;
        }
        for (var i = 0; i < stateGradients.Length; i++)
        {
            if (state[i].Tensor.RequiresGrad != stateGradients[i]) return false;
        }
        if (given.Count != inputs.Length || (module is not null && module.Training != training)) return false;
        for (var i = 0; i < inputs.Length; i++)
        {
            if (given[i].DType != inputs[i].DType || given[i].Storage.Backend != inputs[i].Backend || !given[i].Layout.SameStrides(inputs[i].Layout)) return false;
        }
        foreach (var (tensor, dtype, layout, backend, version) in state)
        {
            if (tensor.DType != dtype || tensor.Storage.Backend != backend || !tensor.Layout.SameStrides(layout) || (version >= 0 && tensor.Storage.Version != version)) return false;
        }
        return true;
    }

    /// <summary>What doesn't hold.</summary>
    internal string Why(IReadOnlyList<Tensor> given, Module? module, bool withHistory)
    {
        if (withHistory != history) return withHistory ? "gradients are wanted now" : "gradients aren't wanted now";
        if (given.Count != inputs.Length) return $"{given.Count} inputs instead of {inputs.Length}";
        for (var i = 0; i < inputs.Length; i++)
        {
            var (dtype, layout, backend) = inputs[i];
            if (given[i].Storage.Backend != backend) return $"input {i} is on '{given[i].Device}' instead of '{backend?.Device ?? Device.Cpu}'";
            if (given[i].DType != dtype) return $"input {i} is {given[i].DType.Name()} instead of {dtype.Name()}";
            if (!given[i].Layout.SameSizes(layout)) return $"input {i} has shape {given[i].Shape} instead of {new Shape(layout.Sizes)}";
            if (!given[i].Layout.SameStrides(layout)) return $"input {i} has strides {given[i].Strides} instead of {new Shape(layout.Strides)}";
        }
        if (module is not null && module.Training != training) return $"the module is in {(training ? "inference" : "training")} mode now";
        foreach (var (tensor, dtype, layout, backend, version) in state)
        {
            if (tensor.Storage.Backend != backend) return $"a parameter or buffer is on '{tensor.Device}' instead of '{backend?.Device ?? Device.Cpu}'";
            if (tensor.DType != dtype || !tensor.Layout.SameStrides(layout)) return $"a parameter or buffer is {tensor.DType.Name()} {tensor.Shape} instead of {dtype.Name()} {new Shape(layout.Sizes)}";
            if (version >= 0 && tensor.Storage.Version != version) return "a parameter or buffer that is part of the code was changed";
        }
        return history ? "other tensors want gradients now" : "nothing changed";
    }
}
