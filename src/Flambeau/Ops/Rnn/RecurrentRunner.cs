using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>From tensors to the recurrent kernels.</summary>
internal static unsafe class RecurrentRunner
{
    static Tensor Ready(Tensor t, DType dtype) => Cast.Contiguous(Cast.To(t, dtype));

    static void Check<C>(string op, Tensor x, Tensor h0, Tensor? c0, Tensor weight, Tensor? bias) where C : struct, IRecurrentCell
    {
        if (!x.DType.IsFloat()) throw new ArgumentException($"{op}: the input is {x.DType.Name()}; expected a floating-point dtype");
        var hidden = h0.Rank == 2 ? h0.Size(1) : -1;
        var rows = C.Gates * hidden;
        if (x.Rank != 3 || x.Size(0) < 1 || hidden < 0 || x.Size(1) != h0.Size(0) || x.Size(2) != rows || weight.Rank != 2 || weight.Size(0) != rows || weight.Size(1) != hidden || (c0 is not null && c0.Shape != h0.Shape) || (bias is not null && bias.Numel != rows))
            throw new ArgumentException($"{op}: the projected input has shape {x.Shape}, the hidden state {h0.Shape}{(c0 is null ? "" : $", the cell {c0.Shape}")}, the state's weight {weight.Shape}{(bias is null ? "" : $", its bias {bias.Shape}")}; expected [steps, batch, {C.Gates} · hidden] of at least one step, [batch, hidden] and [{C.Gates} · hidden, hidden]");
        foreach (var t in new[] { h0, c0, weight, bias })
        {
            if (t is not null && t.DType != x.DType) throw new ArgumentException($"{op}: the input is {x.DType.Name()}, a state, weight or bias {t.DType.Name()}; all must have one dtype");
        }
    }

    /// <summary>Hidden states, cells (empty without), and what the gradient needs (empty if not to be kept).</summary>
    internal static (Tensor H, Tensor C, Tensor Kept) Forward<C>(string op, Tensor x, Tensor h0, Tensor? c0, Tensor weight, Tensor? bias, bool reverse, bool keep) where C : struct, IRecurrentCell
    {
        Check<C>(op, x, h0, c0, weight, bias);
        var (dtype, wide) = (x.DType, Pointwise.Wide(x.DType));
        long steps = x.Size(0), batch = x.Size(1), hidden = h0.Size(1);
        var h = Tensor.New([steps, batch, hidden], wide);
        var c = C.HasCell ? Tensor.New([steps, batch, hidden], wide) : Tensor.New([0], wide);
        var kept = keep && C.Kept > 0 ? Tensor.New([steps, batch, C.Kept * hidden], wide) : Tensor.New([0], wide);
        if (h.Numel > 0)
        {
            (x, h0, weight) = (Ready(x, wide), Ready(h0, wide), Ready(weight, wide));
            (c0, bias) = (c0 is null ? null : Ready(c0, wide), bias is null ? null : Ready(bias, wide));
            if (x.Storage.Backend is { } device) device.RecurrentForward(C.Name, C.Gates, x, h0, c0, weight, bias, h, c, kept, reverse);
            else if (wide == DType.Float32) Forward<float, C>(x, h0, c0, weight, bias, h, c, kept, reverse);
            else Forward<double, C>(x, h0, c0, weight, bias, h, c, kept, reverse);
        }
        return (Cast.To(h, dtype), Cast.To(c, dtype), Cast.To(kept, dtype));
    }

    static void Forward<E, C>(Tensor x, Tensor h0, Tensor? c0, Tensor weight, Tensor? bias, Tensor h, Tensor c, Tensor kept, bool reverse) where E : unmanaged, IFloatingPointIeee754<E> where C : struct, IRecurrentCell
    {
        fixed (E* px = &x.First<E>(), ph0 = &h0.First<E>(), pc0 = &RowNormRunner.First<E>(c0), pw = &weight.First<E>(), pb = &RowNormRunner.First<E>(bias), ph = &h.First<E>(), pc = &RowNormRunner.First<E>(C.HasCell ? c : null), pk = &RowNormRunner.First<E>(kept.Numel > 0 ? kept : null))
            RecurrentForward<E, C>.Run(new()
            {
                Steps = h.Size(0), Batch = h.Size(1), Hidden = h.Size(2), Reverse = reverse,
                X = px, H0 = ph0, C0 = pc0, Weight = pw, Bias = pb, H = ph, C = pc, Kept = pk,
            });
    }

    /// <summary>Gradients of the input's part and of the state's part of the gates (one tensor where they are equal), of the initial hidden state and cell, and of the state's weight; what isn't wanted comes empty.</summary>
    internal static (Tensor DX, Tensor DU, Tensor DH0, Tensor DC0, Tensor DW) Backward<C>(Tensor? dh, Tensor? dc, Tensor h0, Tensor? c0, Tensor weight, Tensor h, Tensor? c, Tensor? kept, bool reverse, bool wantsW) where C : struct, IRecurrentCell
    {
        var (dtype, wide) = (h.DType, Pointwise.Wide(h.DType));
        long steps = h.Size(0), batch = h.Size(1), hidden = h.Size(2), rows = C.Gates * hidden;
        var dx = Tensor.New([steps, batch, rows], wide);
        var du = C.Splits ? Tensor.New([steps, batch, rows], wide) : dx;
        var carry = C.HasCell || C.PassesHidden ? Tensor.Zeros([batch, hidden], wide) : null;
        var dh0 = C.PassesHidden ? carry! : Tensor.New([batch, hidden], wide);
        var dw = wantsW ? Tensor.New([rows, hidden], wide) : Tensor.New([0], wide);
        if (h.Numel == 0) dw = Tensor.Zeros(dw.Shape, wide);
        else
        {
            (h0, weight, h) = (Ready(h0, wide), Ready(weight, wide), Ready(h, wide));
            Tensor? Maybe(Tensor? t) => t is null ? null : Ready(t, wide);
            (dh, dc, c0, c, kept) = (Maybe(dh), Maybe(dc), Maybe(c0), Maybe(c), Maybe(kept));
            if (h.Storage.Backend is { } device) device.RecurrentBackward(C.Name, C.Gates, dh, dc, h0, c0, weight, h, c, kept, dx, du, carry, dh0, wantsW ? dw : null, reverse);
            else if (wide == DType.Float32) Backward<float, C>(dh, dc, h0, c0, weight, h, c, kept, dx, du, carry, dh0, dw, reverse, wantsW);
            else Backward<double, C>(dh, dc, h0, c0, weight, h, c, kept, dx, du, carry, dh0, dw, reverse, wantsW);
        }
        var narrow = Cast.To(dx, dtype);
        return (narrow, C.Splits ? Cast.To(du, dtype) : narrow, Cast.To(dh0, dtype), C.HasCell ? Cast.To(carry!, dtype) : Tensor.New([0], dtype), Cast.To(dw, dtype));
    }

    static void Backward<E, C>(Tensor? dh, Tensor? dc, Tensor h0, Tensor? c0, Tensor weight, Tensor h, Tensor? c, Tensor? kept, Tensor dx, Tensor du, Tensor? carry, Tensor dh0, Tensor dw, bool reverse, bool wantsW) where E : unmanaged, IFloatingPointIeee754<E> where C : struct, IRecurrentCell
    {
        fixed (E* pdh = &RowNormRunner.First<E>(dh), pdc = &RowNormRunner.First<E>(dc), ph0 = &h0.First<E>(), pc0 = &RowNormRunner.First<E>(c0), pw = &weight.First<E>(), ph = &h.First<E>(), pc = &RowNormRunner.First<E>(c), pk = &RowNormRunner.First<E>(kept),
            pdx = &dx.First<E>(), pdu = &du.First<E>(), pcarry = &RowNormRunner.First<E>(carry), pdh0 = &dh0.First<E>(), pdw = &RowNormRunner.First<E>(wantsW ? dw : null))
            RecurrentBackward<E, C>.Run(new()
            {
                Steps = h.Size(0), Batch = h.Size(1), Hidden = h.Size(2), Reverse = reverse,
                H0 = ph0, C0 = pc0, Weight = pw, H = ph, C = pc, Kept = pk, DH = pdh, DC = pdc, DX = pdx, DU = pdu, Carry = pcarry,
            }, pdh0, pdw);
    }

    /// <summary>A layer step by step in elementary ops: the sequences that <paramref name="step"/> gives.</summary>
    internal static Tensor[] Composite(Tensor x, Tensor[] state, bool reverse, Func<Tensor, Tensor[], Tensor[]> step)
    {
        var xs = x.Unbind(0);
        var results = new Tensor[xs.Length][];
        for (var i = 0; i < xs.Length; i++)
        {
            var t = reverse ? xs.Length - 1 - i : i;
            state = results[t] = step(xs[t], state);
        }
        return [.. Enumerable.Range(0, state.Length).Select(k => Tensor.Stack([.. results.Select(r => r[k])]))];
    }
}
