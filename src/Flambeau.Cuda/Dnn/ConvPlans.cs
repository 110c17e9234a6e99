using System.Collections.Concurrent;
using Flambeau.Cpu;
using Flambeau.Cuda.Driver;
using Flambeau.Cuda.Libraries;

namespace Flambeau.Cuda.Dnn;

/// <summary>Addresses of a convolution's tensors; 0 for those it doesn't have.</summary>
internal readonly record struct ConvPointers(nint X, nint W, nint Y, nint Bias = 0, nint Residual = 0);

/// <summary>
/// Convolutions on one device by cuDNN. For each problem an engine is chosen once: the first that cuDNN's heuristics propose and that is allowed, or, when
/// measuring is switched on, the fastest of those.
/// </summary>
internal sealed unsafe class ConvPlans(CudaDevice device)
{
    /// <summary>Engines that want more scratch memory than this are taken only if there is no other.</summary>
    const long MuchWorkspace = 1L << 30;

    const int Measured = 16, Repeats = 3;

    static readonly Lazy<string?> problem = new(Probing);

    readonly ConcurrentDictionary<PlanKey, ConvPlan> plans = new();
    readonly Lock gate = new();
    readonly Dictionary<nint, (nint Pointer, long Bytes, long Block)> scratch = [];
    nint handle, stream;

    /// <summary>Why cuDNN can't be used, with all that was tried; null if it can.</summary>
    internal static string? Problem => problem.Value;

    static string? Probing()
    {
        try
        {
            // cuDNN asks the loader for these by name, which finds them where they are loaded already
            foreach (var needed in new[] { "cublasLt", "nvrtc", "cudnn" }) Probe.Default.Load(needed);
            var version = (long)Cudnn.cudnnGetVersion();
            return version >= 90000 ? null : $"cuDNN {version / 1000}.{version / 100 % 10} is installed; version 9 is needed: pip install nvidia-cudnn-cu13";
        }
        catch (DllNotFoundException e)
        {
            return e.Message;
        }
        catch (EntryPointNotFoundException e)
        {
            return $"the cuDNN that was found isn't version 9: {e.Message}";
        }
    }

    /// <summary>Runs a problem; false if cuDNN has no engine for it.</summary>
    internal bool TryRun(in ConvProblem p, in ConvShape s, in ConvPointers at)
    {
        PlanKey key = default;
        Write(ref key, p, s);
        device.Bind();
        if (!plans.TryGetValue(key, out var plan))
        {
            lock (gate)
            {
                if (!plans.TryGetValue(key, out plan)) plan = plans[key] = Choose(p, s, at);
            }
        }
        if (plan.Execution == 0) return false;
        lock (gate) Cudnn.Check(Execute(plan, at), "cudnnBackendExecute");
        return true;
    }

    static void Write(ref PlanKey key, in ConvProblem p, in ConvShape s)
    {
        var i = 0;
        key[i++] = p.Bits;
        key[i++] = s.N;
        key[i++] = s.Cin;
        key[i++] = s.Cout;
        key[i++] = s.Groups;
        key[i++] = s.Dims;
        for (var a = 0; a < 3; a++)
        {
            key[i++] = s.In[a];
            key[i++] = s.Out[a];
            key[i++] = s.Kernel[a];
            key[i++] = s.Stride[a];
            key[i++] = s.Pad[a];
            key[i++] = s.Dilation[a];
        }
    }

    int Execute(ConvPlan plan, in ConvPointers at)
    {
        if (stream != device.Stream)
        {
            Cudnn.Check(Cudnn.cudnnSetStream(handle, device.Stream), "cudnnSetStream");
            stream = device.Stream;
        }
        // a recorded step keeps its scratch memory
        var recorded = plan.Workspace > 0 ? Compiled.Recorder.Current?.Take(plan.Workspace) : null;
        var workspace = recorded is not null ? recorded.Pointer : plan.Workspace > 0 ? Scratch(plan.Workspace) : 0;
        nint variants;
        Cudnn.Check(Cudnn.cudnnBackendCreateDescriptor(Cudnn.Kind.Variants, &variants), "cudnnBackendCreateDescriptor");
        try
        {
            long* ids = stackalloc long[5];
            nint* pointers = stackalloc nint[5];
            var n = 0;
            Add(ConvGraph.X, at.X);
            Add(ConvGraph.W, at.W);
            Add(ConvGraph.Y, at.Y);
            Add(ConvGraph.Bias, at.Bias);
            Add(ConvGraph.Residual, at.Residual);
            Descriptors.Set(variants, Cudnn.Attribute.VariantIds, Cudnn.Type.Int64, n, ids);
            Descriptors.Set(variants, Cudnn.Attribute.VariantPointers, Cudnn.Type.Pointer, n, pointers);
            Descriptors.Set(variants, Cudnn.Attribute.VariantWorkspace, Cudnn.Type.Pointer, 1, &workspace);
            Descriptors.Finish(variants, "addresses");
            return Cudnn.cudnnBackendExecute(handle, plan.Execution, variants);

            void Add(long id, nint pointer)
            {
                if (pointer == 0) return;
                ids[n] = id;
                pointers[n++] = pointer;
            }
        }
        finally
        {
            _ = Cudnn.cudnnBackendDestroyDescriptor(variants);
            GC.KeepAlive(recorded);
        }
    }

    /// <summary>Memory that one convolution after the other uses, on this stream; a block of its own for each size would be kept for ever.</summary>
    nint Scratch(long bytes)
    {
        if (scratch.TryGetValue(stream, out var had) && had.Bytes >= bytes) return had.Pointer;
        if (had.Pointer != 0) device.Pool.Return(had.Pointer, had.Block);
        var wanted = Math.Max(bytes, Math.Min(2 * had.Bytes, MuchWorkspace));
        var pointer = device.Pool.Rent(wanted, out var block);
        scratch[stream] = (pointer, wanted, block);
        return pointer;
    }

    ConvPlan Choose(in ConvProblem p, in ConvShape s, in ConvPointers at)
    {
        if (handle == 0)
        {
            nint h;
            Cudnn.Check(Cudnn.cudnnCreate(&h), "cudnnCreate");
            handle = h;
        }
        using var made = new Descriptors();
        var why = "cuDNN proposes no engine";
        try
        {
            var graph = ConvGraph.Build(made, handle, p, s);
            ConvPlan? best = null, large = null;
            var fastest = double.PositiveInfinity;
            var tried = 0;
            var seen = new HashSet<long>();
            // the fallback's engines aren't among the others, and now and then the fastest
            foreach (var mode in new[] { Cudnn.ModeA, Cudnn.ModeFallback, Cudnn.ModeB })
            {
                if (mode == Cudnn.ModeB && best is not null) break;
                var before = seen.ToHashSet();
                foreach (var config in Configs(made, graph, mode))
                {
                    if (!Allowed(made, config, p, out var engine) || before.Contains(engine)) continue;
                    seen.Add(engine);
                    if (Plan(made, config, engine, out var problem) is not { } plan)
                    {
                        why = problem!;
                        continue;
                    }
                    if (plan.Workspace > MuchWorkspace)
                    {
                        if (large is null) large = plan;
                        else Forget(plan);
                        continue;
                    }
                    // measuring would wait, which a recording can't
                    if (!p.Benchmark || Compiled.Recorder.Current is not null) return Keep(plan, large);
                    var time = Measure(plan, at);
                    if (time < fastest) (best, plan, fastest) = (plan, best, time);
                    if (plan is not null) Forget(plan);
                    if (++tried == Measured) return Keep(best!, large);
                }
            }
            if (best is not null) return Keep(best, large);
            if (large is not null) return large;
        }
        catch (CudaException e)
        {
            why = e.Message;
        }
        return new() { Problem = why };
    }

    static ConvPlan Keep(ConvPlan plan, ConvPlan? other)
    {
        if (other is not null) Forget(other);
        return plan;
    }

    static void Forget(ConvPlan plan) => _ = Cudnn.cudnnBackendDestroyDescriptor(plan.Execution);

    static nint[] Configs(Descriptors made, nint graph, int mode)
    {
        var heuristics = made.Make(Cudnn.Kind.Heuristics);
        Descriptors.Set(heuristics, Cudnn.Attribute.HeuristicsGraph, graph);
        Descriptors.Set(heuristics, Cudnn.Attribute.HeuristicsMode, Cudnn.Type.HeuristicsMode, mode);
        if (Cudnn.cudnnBackendFinalize(heuristics) != 0) return [];
        long count = 0;
        if (Cudnn.cudnnBackendGetAttribute(heuristics, Cudnn.Attribute.HeuristicsResults, Cudnn.Type.Descriptor, 0, &count, null) != 0 || count <= 0) return [];
        var configs = new nint[Math.Min(count, 32)];
        for (var i = 0; i < configs.Length; i++) configs[i] = made.Make(Cudnn.Kind.EngineConfig);
        fixed (nint* list = configs)
        {
            if (Cudnn.cudnnBackendGetAttribute(heuristics, Cudnn.Attribute.HeuristicsResults, Cudnn.Type.Descriptor, configs.Length, &count, list) != 0) return [];
        }
        return configs[..(int)Math.Min(count, configs.Length)];
    }

    /// <summary>Whether an engine keeps the precision and the order of sums that were asked for.</summary>
    static bool Allowed(Descriptors made, nint config, in ConvProblem p, out long index)
    {
        index = -1;
        var engine = made.Make(Cudnn.Kind.Engine);
        long count = 0, number = 0;
        if (Cudnn.cudnnBackendGetAttribute(config, Cudnn.Attribute.ConfigEngine, Cudnn.Type.Descriptor, 1, &count, &engine) != 0) return false;
        if (Cudnn.cudnnBackendGetAttribute(engine, Cudnn.Attribute.EngineIndex, Cudnn.Type.Int64, 1, &count, &number) == 0) index = number;
        var notes = stackalloc int[32];
        if (Cudnn.cudnnBackendGetAttribute(engine, Cudnn.Attribute.EngineNotes, Cudnn.Type.NumericalNote, 32, &count, notes) != 0) return true;
        for (var i = 0; i < Math.Min(count, 32); i++)
        {
            if (notes[i] == Cudnn.NoteDownConverts) return false;
            if (notes[i] == Cudnn.NoteTensorCore && p.DType == DType.Float32 && !p.Tf32) return false;
            if (notes[i] == Cudnn.NoteNondeterministic && p.Deterministic) return false;
        }
        return true;
    }

    ConvPlan? Plan(Descriptors made, nint config, long engine, out string? problem)
    {
        problem = null;
        var plan = made.Make(Cudnn.Kind.Plan);
        var h = handle;
        Descriptors.Set(plan, Cudnn.Attribute.PlanHandle, Cudnn.Type.Handle, 1, &h);
        Descriptors.Set(plan, Cudnn.Attribute.PlanConfig, config);
        var status = Cudnn.cudnnBackendFinalize(plan);
        if (status != 0)
        {
            problem = $"engine {engine}: {Cudnn.Explain(status)}";
            return null;
        }
        long count = 0, bytes = 0;
        Cudnn.Check(Cudnn.cudnnBackendGetAttribute(plan, Cudnn.Attribute.PlanWorkspace, Cudnn.Type.Int64, 1, &count, &bytes), "cudnnBackendGetAttribute(PlanWorkspace)");
        made.Take(plan);
        return new() { Execution = plan, Workspace = bytes, Engine = engine };
    }

    /// <summary>Milliseconds of a run; infinite if it fails.</summary>
    double Measure(ConvPlan plan, in ConvPointers at)
    {
        if (Execute(plan, at) != 0) return double.PositiveInfinity;
        nint from, to;
        Api.Check(Api.cuEventCreate(&from, 0), "cuEventCreate");
        Api.Check(Api.cuEventCreate(&to, 0), "cuEventCreate");
        Api.Check(Api.cuEventRecord(from, device.Stream), "cuEventRecord");
        for (var i = 0; i < Repeats; i++) _ = Execute(plan, at);
        Api.Check(Api.cuEventRecord(to, device.Stream), "cuEventRecord");
        Api.Check(Api.cuEventSynchronize(to), "cuEventSynchronize");
        float milliseconds;
        Api.Check(Api.cuEventElapsedTime(&milliseconds, from, to), "cuEventElapsedTime");
        _ = Api.cuEventDestroy_v2(from);
        _ = Api.cuEventDestroy_v2(to);
        return milliseconds / Repeats;
    }
}
