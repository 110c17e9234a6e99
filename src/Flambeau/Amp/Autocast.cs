using Flambeau.Autograd;

namespace Flambeau.Amp;

/// <summary>
/// Mixed precision: in the scope, ops run in the dtype that suits them, by PyTorch's rules (<see cref="AutocastRules"/>): products and convolutions in half precision, sums,
/// losses and what loses digits in float32, the rest in what arrives. Parameters stay float32; their casts are kept while the outermost scope lasts.
/// Tensors of float64 and integers are left alone, and so are in-place ops and ops with an explicit dtype. Backward passes run in the dtypes of the forward pass.
/// <code>
/// using (Autocast.On(DeviceKind.Cuda, DType.BFloat16)) loss = net.Forward(x).CrossEntropy(t);
/// loss.Backward();
/// </code>
/// (Micikevicius et al., "Mixed Precision Training", arXiv:1710.03740.)
/// </summary>
public static class Autocast
{
    /// <summary>The dtype of each kind of device; null where autocast is off.</summary>
    sealed record Modes(DType? Cpu, DType? Cuda, bool Caches)
    {
        internal DType? Of(DeviceKind kind) => kind == DeviceKind.Cpu ? Cpu : Cuda;
    }

    [ThreadStatic] static bool active;
    [ThreadStatic] static Modes? modes;
    [ThreadStatic] static int depth;
    [ThreadStatic] static Dictionary<Tensor, (int Version, Tensor Cast)>? casts;

    /// <summary>Whether ops of this thread look for rules at all.</summary>
    internal static bool Active => active;

    /// <summary>Whether ops on a kind of device are cast on this thread.</summary>
    public static bool IsOn(DeviceKind kind) => active && modes?.Of(kind) is not null;

    /// <summary>The half precision of a kind of device on this thread; null where autocast is off.</summary>
    public static DType? DTypeOf(DeviceKind kind) => active ? modes?.Of(kind) : null;

    /// <summary>Casts ops on a kind of device until the result is disposed. Scopes nest; those of other kinds of device go on.</summary>
    /// <param name="kind">Whose tensors.</param>
    /// <param name="dtype">float16 or bfloat16; by default float16 on CUDA, bfloat16 on the CPU.</param>
    /// <param name="cache">Whether the casts of parameters are kept until the outermost scope ends.</param>
    /// <exception cref="ArgumentException">The dtype is no half precision.</exception>
    public static Scope On(DeviceKind kind, DType? dtype = null, bool cache = true)
    {
        var low = dtype ?? (kind == DeviceKind.Cpu ? DType.BFloat16 : DType.Float16);
        if (low is not (DType.Float16 or DType.BFloat16)) throw new ArgumentException($"autocast: the dtype is {low.Name()}; expected float16 or bfloat16", nameof(dtype));
        return Enter(kind, low, cache);
    }

    /// <summary>Ops on a kind of device run in the dtypes of their arguments until the result is disposed, also within a scope of <see cref="On"/>.</summary>
    public static Scope Off(DeviceKind kind) => Enter(kind, null, modes?.Caches ?? true);

    static Scope Enter(DeviceKind kind, DType? dtype, bool cache)
    {
        var scope = new Scope(modes, active);
        var now = modes ?? new(null, null, cache);
        modes = (kind == DeviceKind.Cpu ? now with { Cpu = dtype } : now with { Cuda = dtype }) with { Caches = cache };
        active = modes.Cpu is not null || modes.Cuda is not null;
        depth++;
        return scope;
    }

    /// <summary>Forgets the casts of parameters; they are made again when next used.</summary>
    public static void ClearCache() => casts?.Clear();

    /// <summary>Ends a scope.</summary>
    public readonly struct Scope : IDisposable
    {
        readonly object? outer;
        readonly bool wasActive;

        internal Scope(object? outer, bool wasActive) => (this.outer, this.wasActive) = (outer, wasActive);

        /// <inheritdoc/>
        public void Dispose()
        {
            modes = (Modes?)outer;
            active = wasActive;
            if (--depth == 0) casts = null;
        }
    }

    /// <summary>This thread's settings, for <see cref="Resume"/>.</summary>
    internal static object? Settings => active ? modes : null;

    /// <summary>The settings of before are those of this thread until the result is disposed.</summary>
    internal static Scope Resume(object? settings)
    {
        var scope = new Scope(modes, active);
        modes = (Modes?)settings;
        active = settings is not null;
        depth++;
        return scope;
    }

    /// <summary>Nothing is cast until the result is disposed: what an op is made of keeps the op's dtypes.</summary>
    internal static Suspension Suspend()
    {
        var s = new Suspension(active);
        active = false;
        return s;
    }

    internal readonly struct Suspension(bool wasActive) : IDisposable
    {
        public void Dispose()
        {
            if (wasActive) active = true;
        }
    }

    /// <summary>To what an op's floating-point arguments are cast; nothing for ops without a rule.</summary>
    internal readonly struct Casting(DType? dtype)
    {
        internal Tensor Of(Tensor t) => dtype is { } d ? Cast(t, d) : t;

        internal Tensor? OfOptional(Tensor? t) => t is null ? null : Of(t);

        internal Tensor[] Of(Tensor[] list) => dtype is { } d ? Array.ConvertAll(list, t => Cast(t, d)) : list;

        internal Tensor?[] OfOptional(Tensor?[] list) => dtype is { } d ? Array.ConvertAll(list, t => t is null ? null : Cast(t, d)) : list;
    }

    /// <summary>What the rule of an op says for these tensors.</summary>
    internal static Casting For(string op, params ReadOnlySpan<Tensor?> tensors)
    {
        foreach (var t in tensors)
        {
            if (t is null || modes!.Of(t.Device.Kind) is not { } low || !t.DType.IsFloat()) continue;
            switch (AutocastRules.Of(op, t.Device.Kind))
            {
                case AutocastRule.Half: return new(low);
                case AutocastRule.Single: return new(DType.Float32);
                case AutocastRule.Widest: return new(Widest(tensors, low));
                case AutocastRule.Refused:
                    throw new InvalidOperationException($"{op} loses too much in half precision, and autocast can't cast what its input went through before. "
                        + "Let the network end in logits and use binary_cross_entropy_with_logits, or call it under Autocast.Off.");
                default: return default;
            }
        }
        return default;
    }

    static DType Widest(ReadOnlySpan<Tensor?> tensors, DType low)
    {
        foreach (var t in tensors)
        {
            if (t is not null && Takes(t) && t.DType != low) return DType.Float32;
        }
        return low;
    }

    /// <summary>Whether a tensor is one that rules are for.</summary>
    static bool Takes(Tensor t) => t.DType.IsFloat() && t.DType != DType.Float64 && modes?.Of(t.Device.Kind) is not null;

    static Tensor Cast(Tensor t, DType dtype)
    {
        if (t.DType == dtype || !Takes(t)) return t;
        if (!modes!.Caches || dtype == DType.Float32 || !t.IsLeaf || !t.RequiresGrad || Ops.OpObserver.Current is not null) return t.To(dtype);
        // a cast made while nothing was recorded is no use for one that is, and a parameter may have been written meanwhile
        var kept = casts ??= new(ReferenceEqualityComparer.Instance);
        if (kept.TryGetValue(t, out var known) && known.Version == t.Storage.Version && known.Cast.DType == dtype && known.Cast.RequiresGrad == Grad.Enabled) return known.Cast;
        var cast = t.To(dtype);
        kept[t] = (t.Storage.Version, cast);
        return cast;
    }

    /// <summary>Casts the arguments of an op that is made of others, which keep their dtypes until the result is disposed.</summary>
    internal static Suspension Whole(string op, ref Tensor a)
    {
        if (!active) return default;
        var cast = For(op, a);
        a = cast.Of(a);
        return End(op, a.Device.Kind);
    }

    /// <inheritdoc cref="Whole(string, ref Tensor)"/>
    internal static Suspension Whole(string op, ref Tensor a, ref Tensor b)
    {
        if (!active) return default;
        var cast = For(op, a, b);
        (a, b) = (cast.Of(a), cast.Of(b));
        return End(op, a.Device.Kind);
    }

    /// <inheritdoc cref="Whole(string, ref Tensor)"/>
    internal static Suspension Whole(string op, ref Tensor a, ref Tensor b, ref Tensor? c)
    {
        if (!active) return default;
        var cast = For(op, a, b, c);
        (a, b, c) = (cast.Of(a), cast.Of(b), cast.OfOptional(c));
        return End(op, a.Device.Kind);
    }

    static Suspension End(string op, DeviceKind kind) => AutocastRules.Of(op, kind) == AutocastRule.None ? default : Suspend();
}
