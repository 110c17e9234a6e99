using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Flambeau.Compiler.Loops;
using Flambeau.Cpu;

namespace Flambeau.Compiler.Emit;

/// <summary>What the emitter calls for registers of 128 bits. Plain arithmetic is the run-time library's, which the JIT knows as instructions.</summary>
internal static unsafe class Calls128
{
    internal static LaneTable Table<E>() where E : unmanaged, System.Numerics.INumber<E> => new(typeof(Vector128<E>), Vector128<E>.Count, Method<E>,
        ((LaneLoad<Vector128<E>, E>)Vector128.Load).Method, ((LaneStore<Vector128<E>, E>)Vector128.Store).Method, ((Func<E, Vector128<E>>)Vector128.Create).Method,
        ((LaneLoad<Vector128<E>, byte>)LoadMask<E>).Method, ((LaneStore<Vector128<E>, byte>)StoreMask).Method, ((LaneLoad<Vector128<E>, byte>)SplatMask<E>).Method,
        ((Func<long, Vector128<E>>)FirstN<E>).Method);

    static MethodInfo Method<E>(ExprOp op) where E : unmanaged, System.Numerics.INumber<E> => op switch
    {
        ExprOp.Add => Two<E>(Vector128.Add),
        ExprOp.Sub => Two<E>(Vector128.Subtract),
        ExprOp.Mul => Two<E>(Vector128.Multiply),
        ExprOp.Div => Two<E>(Vector128.Divide),
        ExprOp.And => Two<E>(Vector128.BitwiseAnd),
        ExprOp.Or => Two<E>(Vector128.BitwiseOr),
        ExprOp.Xor => Two<E>(Vector128.Xor),
        ExprOp.Lt => Two<E>(Vector128.LessThan),
        ExprOp.Gt => Two<E>(Vector128.GreaterThan),
        ExprOp.Le => Two<E>(Vector128.LessThanOrEqual),
        ExprOp.Ge => Two<E>(Vector128.GreaterThanOrEqual),
        ExprOp.Eq => Two<E>(Vector128.Equals),
        ExprOp.Min => Two<E>(Vector128.Min),
        ExprOp.Max => Two<E>(Vector128.Max),
        ExprOp.CopySign => Two<E>(Vector128.CopySign),
        ExprOp.ScaleSingle => Two<E>(Scale),
        ExprOp.Neg => One<E>(Vector128.Negate),
        ExprOp.Not => One<E>(Vector128.OnesComplement),
        ExprOp.Abs => Float<E>() ? One<E>(Vector128.Abs) : One<E>(Abs),
        ExprOp.Sqrt => Float<E>() ? One<E>(Vector128.Sqrt) : One<E>(Sqrt),
        ExprOp.Floor => typeof(E) == typeof(float) ? One<float>(Vector128.Floor) : typeof(E) == typeof(double) ? One<double>(Vector128.Floor) : One<E>(Same),
        ExprOp.Ceil => typeof(E) == typeof(float) ? One<float>(Vector128.Ceiling) : typeof(E) == typeof(double) ? One<double>(Vector128.Ceiling) : One<E>(Same),
        ExprOp.Trunc => typeof(E) == typeof(float) ? One<float>(Vector128.Truncate) : typeof(E) == typeof(double) ? One<double>(Vector128.Truncate) : One<E>(Same),
        ExprOp.Round => typeof(E) == typeof(float) ? One<float>(Vector128.Round) : typeof(E) == typeof(double) ? One<double>(Vector128.Round) : One<E>(Same),
        ExprOp.Exp => One<E>(Exp),
        ExprOp.Log => One<E>(Log),
        ExprOp.Sin => One<E>(Sin),
        ExprOp.Cos => One<E>(Cos),
        ExprOp.Tanh => One<E>(Tanh),
        ExprOp.Erf => One<E>(Erf),
        ExprOp.Select => ((Func<Vector128<E>, Vector128<E>, Vector128<E>, Vector128<E>>)Vector128.ConditionalSelect).Method,
        ExprOp.MulAdd => typeof(E) == typeof(float) ? ((Func<Vector128<float>, Vector128<float>, Vector128<float>, Vector128<float>>)Vector128.MultiplyAddEstimate).Method
            : typeof(E) == typeof(double) ? ((Func<Vector128<double>, Vector128<double>, Vector128<double>, Vector128<double>>)Vector128.MultiplyAddEstimate).Method
            : ((Func<Vector128<E>, Vector128<E>, Vector128<E>, Vector128<E>>)MulAdd).Method,
        ExprOp.Call1 => ((Func<Vector128<E>, Functions, int, Vector128<E>>)Call).Method,
        ExprOp.Call2 => ((Func<Vector128<E>, Vector128<E>, Functions, int, Vector128<E>>)Call).Method,
        _ => throw new InvalidOperationException($"{op} is no operation of registers"),
    };

    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    static bool Float<E>() => typeof(E) == typeof(float) || typeof(E) == typeof(double);
    static MethodInfo One<E>(Func<Vector128<E>, Vector128<E>> f) => f.Method;
    static MethodInfo Two<E>(Func<Vector128<E>, Vector128<E>, Vector128<E>> f) => f.Method;

    [MethodImpl(Inline)] static Vector128<E> Raw<E>(V128<E> v) where E : unmanaged, System.Numerics.INumber<E> => Unsafe.BitCast<V128<E>, Vector128<E>>(v);
    [MethodImpl(Inline)] static Vector128<E> Scale<E>(Vector128<E> a, Vector128<E> n) where E : unmanaged, System.Numerics.INumber<E> => Raw(V128<E>.ScaleSingle(new(a), new(n)));
    static Vector128<E> Abs<E>(Vector128<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V128<E>.Abs(new(a)));
    static Vector128<E> Sqrt<E>(Vector128<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V128<E>.Sqrt(new(a)));
    static Vector128<E> Exp<E>(Vector128<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V128<E>.Exp(new(a)));
    static Vector128<E> Log<E>(Vector128<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V128<E>.Log(new(a)));
    static Vector128<E> Sin<E>(Vector128<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V128<E>.Sin(new(a)));
    static Vector128<E> Cos<E>(Vector128<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V128<E>.Cos(new(a)));
    static Vector128<E> Tanh<E>(Vector128<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V128<E>.Tanh(new(a)));
    static Vector128<E> Erf<E>(Vector128<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V128<E>.Erf(new(a)));
    static Vector128<E> MulAdd<E>(Vector128<E> a, Vector128<E> b, Vector128<E> c) => a * b + c;
    static Vector128<E> Same<E>(Vector128<E> a) => a;
    static Vector128<E> Call<E>(Vector128<E> a, Functions f, int i) where E : unmanaged, System.Numerics.INumber<E> => Raw(V128<E>.Call(f.One[i], new(a)));
    static Vector128<E> Call<E>(Vector128<E> a, Vector128<E> b, Functions f, int i) where E : unmanaged, System.Numerics.INumber<E> => Raw(V128<E>.Call(f.Two[i], new(a), new(b)));

    [MethodImpl(Inline)] static void StoreMask<E>(Vector128<E> mask, byte* p) where E : unmanaged, System.Numerics.INumber<E> => V128<E>.StoreMask(p, new(mask));

    [MethodImpl(Inline)] static Vector128<E> SplatMask<E>(byte* p) => *p != 0 ? Vector128<E>.AllBitsSet : Vector128<E>.Zero;

    /// <summary>A mask of the first n elements.</summary>
    [MethodImpl(Inline)] static Vector128<E> FirstN<E>(long n) where E : unmanaged => sizeof(E) switch
    {
        1 => Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)n)).As<byte, E>(),
        4 => Vector128.LessThan(Vector128<int>.Indices, Vector128.Create((int)n)).As<int, E>(),
        _ => Vector128.LessThan(Vector128<long>.Indices, Vector128.Create(n)).As<long, E>(),
    };

    /// <summary>A mask of bools.</summary>
    [MethodImpl(Inline)] static Vector128<E> LoadMask<E>(byte* p) where E : unmanaged
    {
        if (sizeof(E) == 1) return (~Vector128.Equals(Vector128.Load(p), Vector128<byte>.Zero)).As<byte, E>();
        if (sizeof(E) == 4)
        {
            var words = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)p).AsByte()));
            return (~Vector128.Equals(words, Vector128<uint>.Zero)).As<uint, E>();
        }
        return Vector128.Create(p[0] != 0 ? -1L : 0, p[1] != 0 ? -1L : 0).As<long, E>();
    }
}
