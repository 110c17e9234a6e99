using System.Numerics;

namespace Flambeau.Cpu;

/// <summary>What a step of a recurrent cell reads and writes of one row; every pointer stands at the first of the units in hand.</summary>
internal unsafe struct StepRow<E> where E : unmanaged
{
    /// <summary>The input's part of the gates, <see cref="Hidden"/> apart.</summary>
    public E* X;

    /// <summary>The state's part of the gates, <see cref="Apart"/> apart.</summary>
    public E* U;

    /// <summary>Offsets of the state's part, or null.</summary>
    public E* Bias;

    /// <summary>What the gradient needs, <see cref="Hidden"/> apart; null if it isn't wanted.</summary>
    public E* Kept;

    public E* HBefore, CBefore, H, C;
    public long Hidden, Apart;
}

/// <summary>What the gradient of a step reads and writes of one row.</summary>
internal unsafe struct BackRow<E> where E : unmanaged
{
    public E* Kept, HBefore, CBefore, H, C;

    /// <summary>Gradients of this step's results, each may be null.</summary>
    public E* DH, DC;

    /// <summary>What flows back through the state's weights; null at the last step.</summary>
    public E* U;

    /// <summary>What flows back beside the weights: to the cell, or straight to the hidden state.</summary>
    public E* Carry;

    /// <summary>Gradients of the input's and of the state's part of the gates; the same memory where they are equal.</summary>
    public E* DX, DU;

    public long Hidden;
}

/// <summary>The formulas of a recurrent cell.</summary>
internal unsafe interface IRecurrentCell
{
    /// <summary>What devices call it.</summary>
    static abstract string Name { get; }

    static abstract int Gates { get; }

    /// <summary>Values a unit that the gradient needs.</summary>
    static abstract int Kept { get; }

    static abstract bool HasCell { get; }

    /// <summary>Whether the gradients of the input's and of the state's part of the gates differ.</summary>
    static abstract bool Splits { get; }

    /// <summary>Whether the hidden state also flows on beside the weights.</summary>
    static abstract bool PassesHidden { get; }

    /// <summary>One step of the units from <paramref name="i"/> on.</summary>
    static abstract void Forward<E, V>(in StepRow<E> r, long i) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>;

    /// <summary>The gradient of one step of the units from <paramref name="i"/> on.</summary>
    static abstract void Backward<E, V>(in BackRow<E> r, long i) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>;
}
