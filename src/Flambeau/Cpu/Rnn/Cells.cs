using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Long short-term memory; kept are the gates input, forget, cell, output. Hochreiter and Schmidhuber, 1997.</summary>
internal readonly unsafe struct LstmFormulas : IRecurrentCell
{
    public static string Name => "lstm";
    public static int Gates => 4;
    public static int Kept => 4;
    public static bool HasCell => true;
    public static bool Splits => false;
    public static bool PassesHidden => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<E, V>(in StepRow<E> r, long i) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        E* x = r.X + i, u = r.U + i;
        var input = LaneFormulas.Sigmoid(V.Load(x) + V.Load(u));
        var forget = LaneFormulas.Sigmoid(V.Load(x + r.Hidden) + V.Load(u + r.Apart));
        var fresh = V.Tanh(V.Load(x + 2 * r.Hidden) + V.Load(u + 2 * r.Apart));
        var output = LaneFormulas.Sigmoid(V.Load(x + 3 * r.Hidden) + V.Load(u + 3 * r.Apart));
        var cell = forget * V.Load(r.CBefore + i) + input * fresh;
        V.Store(r.C + i, cell);
        V.Store(r.H + i, output * V.Tanh(cell));
        if (r.Kept == null) return;
        var kept = r.Kept + i;
        V.Store(kept, input);
        V.Store(kept + r.Hidden, forget);
        V.Store(kept + 2 * r.Hidden, fresh);
        V.Store(kept + 3 * r.Hidden, output);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<E, V>(in BackRow<E> r, long i) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        var kept = r.Kept + i;
        V input = V.Load(kept), forget = V.Load(kept + r.Hidden), fresh = V.Load(kept + 2 * r.Hidden), output = V.Load(kept + 3 * r.Hidden);
        V dh = CellGradients.Hidden<E, V>(r, i), bent = V.Tanh(V.Load(r.C + i));
        var dc = V.Load(r.Carry + i) + dh * output * (V.One - bent * bent);
        if (r.DC != null) dc += V.Load(r.DC + i);
        var dx = r.DX + i;
        V.Store(dx, dc * fresh * input * (V.One - input));
        V.Store(dx + r.Hidden, dc * V.Load(r.CBefore + i) * forget * (V.One - forget));
        V.Store(dx + 2 * r.Hidden, dc * input * (V.One - fresh * fresh));
        V.Store(dx + 3 * r.Hidden, dh * bent * output * (V.One - output));
        V.Store(r.Carry + i, dc * forget);
    }
}

/// <summary>Gated recurrent unit, the reset gate acting after the product; kept are reset, update, new, and the state's part of new. Cho et al., arXiv:1406.1078.</summary>
internal readonly unsafe struct GruFormulas : IRecurrentCell
{
    public static string Name => "gru";
    public static int Gates => 3;
    public static int Kept => 4;
    public static bool HasCell => false;
    public static bool Splits => true;
    public static bool PassesHidden => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<E, V>(in StepRow<E> r, long i) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        E* x = r.X + i, u = r.U + i;
        V a = V.Load(u), b = V.Load(u + r.Apart), state = V.Load(u + 2 * r.Apart);
        if (r.Bias != null)
        {
            var bias = r.Bias + i;
            a += V.Load(bias);
            b += V.Load(bias + r.Hidden);
            state += V.Load(bias + 2 * r.Hidden);
        }
        var reset = LaneFormulas.Sigmoid(V.Load(x) + a);
        var update = LaneFormulas.Sigmoid(V.Load(x + r.Hidden) + b);
        var fresh = V.Tanh(V.Load(x + 2 * r.Hidden) + reset * state);
        V.Store(r.H + i, fresh + update * (V.Load(r.HBefore + i) - fresh));
        if (r.Kept == null) return;
        var kept = r.Kept + i;
        V.Store(kept, reset);
        V.Store(kept + r.Hidden, update);
        V.Store(kept + 2 * r.Hidden, fresh);
        V.Store(kept + 3 * r.Hidden, state);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<E, V>(in BackRow<E> r, long i) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        var kept = r.Kept + i;
        V reset = V.Load(kept), update = V.Load(kept + r.Hidden), fresh = V.Load(kept + 2 * r.Hidden), state = V.Load(kept + 3 * r.Hidden);
        var dh = CellGradients.Hidden<E, V>(r, i) + V.Load(r.Carry + i);
        var dfresh = dh * (V.One - update) * (V.One - fresh * fresh);
        var dreset = dfresh * state * reset * (V.One - reset);
        var dupdate = dh * (V.Load(r.HBefore + i) - fresh) * update * (V.One - update);
        E* dx = r.DX + i, du = r.DU + i;
        V.Store(dx, dreset);
        V.Store(dx + r.Hidden, dupdate);
        V.Store(dx + 2 * r.Hidden, dfresh);
        V.Store(du, dreset);
        V.Store(du + r.Hidden, dupdate);
        V.Store(du + 2 * r.Hidden, dfresh * reset);
        V.Store(r.Carry + i, dh * update);
    }
}

/// <summary>tanh of the sum; the output tells the gradient.</summary>
internal readonly unsafe struct TanhFormulas : IRecurrentCell
{
    public static string Name => "tanh";
    public static int Gates => 1;
    public static int Kept => 0;
    public static bool HasCell => false;
    public static bool Splits => false;
    public static bool PassesHidden => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<E, V>(in StepRow<E> r, long i) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E> =>
        V.Store(r.H + i, V.Tanh(V.Load(r.X + i) + V.Load(r.U + i)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<E, V>(in BackRow<E> r, long i) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        var h = V.Load(r.H + i);
        V.Store(r.DX + i, CellGradients.Hidden<E, V>(r, i) * (V.One - h * h));
    }
}

/// <summary>The larger of zero and the sum; the output tells the gradient.</summary>
internal readonly unsafe struct ReluFormulas : IRecurrentCell
{
    public static string Name => "relu";
    public static int Gates => 1;
    public static int Kept => 0;
    public static bool HasCell => false;
    public static bool Splits => false;
    public static bool PassesHidden => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<E, V>(in StepRow<E> r, long i) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E> =>
        V.Store(r.H + i, V.Max(V.Load(r.X + i) + V.Load(r.U + i), V.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<E, V>(in BackRow<E> r, long i) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E> =>
        V.Store(r.DX + i, V.Select(V.Load(r.H + i) <= V.Zero, V.Zero, CellGradients.Hidden<E, V>(r, i)));
}

internal static unsafe class CellGradients
{
    /// <summary>The gradient of a step's hidden state but for what passes beside the weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Hidden<E, V>(in BackRow<E> r, long i) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        var dh = r.U == null ? V.Zero : V.Load(r.U + i);
        return r.DH == null ? dh : dh + V.Load(r.DH + i);
    }
}
