using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>One step of stochastic gradient descent without momentum.</summary>
internal readonly record struct PlainDescent(double Lr, double Decay) : IUpdate
{
    public static int States => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<T>(ref T p, T g, ref T first, ref T second) where T : struct, ILane<T>
    {
        if (Decay != 0) g = T.MulAdd(p, T.Const(Decay), g);
        p -= g * T.Const(Lr);
    }
}

/// <summary>One step of stochastic gradient descent with momentum; the state is the velocity.</summary>
internal readonly record struct Momentum(double Lr, double Factor, double Share, double Decay, bool Nesterov) : IUpdate
{
    public static int States => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<T>(ref T p, T g, ref T velocity, ref T second) where T : struct, ILane<T>
    {
        if (Decay != 0) g = T.MulAdd(p, T.Const(Decay), g);
        velocity = T.MulAdd(velocity, T.Const(Factor), g * T.Const(Share));
        p -= (Nesterov ? T.MulAdd(velocity, T.Const(Factor), g) : velocity) * T.Const(Lr);
    }
}

/// <summary>One step of Adam; the states are the running means of gradient and squared gradient.</summary>
/// <param name="Lr">Learning rate over the bias correction of the first mean.</param>
/// <param name="Beta1">Decay of the first mean.</param>
/// <param name="Beta2">Decay of the second.</param>
/// <param name="Scale">One over the root of the second mean's bias correction.</param>
/// <param name="Eps">Added to the denominator.</param>
/// <param name="Decay">Weight decay added to the gradient.</param>
/// <param name="Keep">What the parameter is first multiplied by: 1, or less for decoupled weight decay.</param>
internal readonly record struct AdamUpdate(double Lr, double Beta1, double Beta2, double Scale, double Eps, double Decay, double Keep) : IUpdate
{
    public static int States => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<T>(ref T p, T g, ref T m, ref T v) where T : struct, ILane<T>
    {
        if (Decay != 0) g = T.MulAdd(p, T.Const(Decay), g);
        m = T.MulAdd(g - m, T.Const(1 - Beta1), m);
        v = T.MulAdd(v, T.Const(Beta2), g * g * T.Const(1 - Beta2));
        if (Keep != 1) p *= T.Const(Keep);
        p -= T.Const(Lr) * m / T.MulAdd(T.Sqrt(v), T.Const(Scale), T.Const(Eps));
    }
}
