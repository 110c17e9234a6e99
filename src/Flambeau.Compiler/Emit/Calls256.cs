using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Flambeau.Compiler.Loops;
using Flambeau.Cpu;

namespace Flambeau.Compiler.Emit;

/// <summary>What the emitter calls for registers of 256 bits. Plain arithmetic is the run-time library's, which the JIT knows as instructions.</summary>
internal static unsafe class Calls256
{
    internal static LaneTable Table<E>() where E : unmanaged, System.Numerics.INumber<E> => new(typeof(Vector256<E>), Vector256<E>.Count, Method<E>,
        ((LaneLoad<Vector256<E>, E>)Vector256.Load).Method, ((LaneStore<Vector256<E>, E>)Vector256.Store).Method, ((Func<E, Vector256<E>>)Vector256.Create).Method,
        ((LaneLoad<Vector256<E>, byte>)LoadMask<E>).Method, ((LaneStore<Vector256<E>, byte>)StoreMask).Method, ((LaneLoad<Vector256<E>, byte>)SplatMask<E>).Method,
        ((Func<long, Vector256<E>>)FirstN<E>).Method);

    static MethodInfo Method<E>(ExprOp op) where E : unmanaged, System.Numerics.INumber<E> => op switch
    {
        ExprOp.Add => Two<E>(Vector256.Add),
        ExprOp.Sub => Two<E>(Vector256.Subtract),
        ExprOp.Mul => Two<E>(Vector256.Multiply),
        ExprOp.Div => Two<E>(Vector256.Divide),
        ExprOp.And => Two<E>(Vector256.BitwiseAnd),
        ExprOp.Or => Two<E>(Vector256.BitwiseOr),
        ExprOp.Xor => Two<E>(Vector256.Xor),
        ExprOp.Lt => Two<E>(Vector256.LessThan),
        ExprOp.Gt => Two<E>(Vector256.GreaterThan),
        ExprOp.Le => Two<E>(Vector256.LessThanOrEqual),
        ExprOp.Ge => Two<E>(Vector256.GreaterThanOrEqual),
        ExprOp.Eq => Two<E>(Vector256.Equals),
        ExprOp.Min => Two<E>(Vector256.Min),
        ExprOp.Max => Two<E>(Vector256.Max),
        ExprOp.CopySign => Two<E>(Vector256.CopySign),
        ExprOp.ScaleSingle => Two<E>(Scale),
        ExprOp.Neg => One<E>(Vector256.Negate),
        ExprOp.Not => One<E>(Vector256.OnesComplement),
        ExprOp.Abs => Float<E>() ? One<E>(Vector256.Abs) : One<E>(Abs),
        ExprOp.Sqrt => Float<E>() ? One<E>(Vector256.Sqrt) : One<E>(Sqrt),
        ExprOp.Floor => typeof(E) == typeof(float) ? One<float>(Vector256.Floor) : typeof(E) == typeof(double) ? One<double>(Vector256.Floor) : One<E>(Same),
        ExprOp.Ceil => typeof(E) == typeof(float) ? One<float>(Vector256.Ceiling) : typeof(E) == typeof(double) ? One<double>(Vector256.Ceiling) : One<E>(Same),
        ExprOp.Trunc => typeof(E) == typeof(float) ? One<float>(Vector256.Truncate) : typeof(E) == typeof(double) ? One<double>(Vector256.Truncate) : One<E>(Same),
        ExprOp.Round => typeof(E) == typeof(float) ? One<float>(Vector256.Round) : typeof(E) == typeof(double) ? One<double>(Vector256.Round) : One<E>(Same),
        ExprOp.Exp => One<E>(Exp),
        ExprOp.Log => One<E>(Log),
        ExprOp.Sin => One<E>(Sin),
        ExprOp.Cos => One<E>(Cos),
        ExprOp.Tanh => One<E>(Tanh),
        ExprOp.Erf => One<E>(Erf),
        ExprOp.Select => ((Func<Vector256<E>, Vector256<E>, Vector256<E>, Vector256<E>>)Vector256.ConditionalSelect).Method,
        ExprOp.MulAdd => typeof(E) == typeof(float) ? ((Func<Vector256<float>, Vector256<float>, Vector256<float>, Vector256<float>>)Vector256.MultiplyAddEstimate).Method
            : typeof(E) == typeof(double) ? ((Func<Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>>)Vector256.MultiplyAddEstimate).Method
            : ((Func<Vector256<E>, Vector256<E>, Vector256<E>, Vector256<E>>)MulAdd).Method,
        ExprOp.Call1 => ((Func<Vector256<E>, Functions, int, Vector256<E>>)Call).Method,
        ExprOp.Call2 => ((Func<Vector256<E>, Vector256<E>, Functions, int, Vector256<E>>)Call).Method,
        _ => throw new InvalidOperationException($"{op} is no operation of registers"),
    };

    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    static bool Float<E>() => typeof(E) == typeof(float) || typeof(E) == typeof(double);
    static MethodInfo One<E>(Func<Vector256<E>, Vector256<E>> f) => f.Method;
    static MethodInfo Two<E>(Func<Vector256<E>, Vector256<E>, Vector256<E>> f) => f.Method;

    [MethodImpl(Inline)] static Vector256<E> Raw<E>(V256<E> v) where E : unmanaged, System.Numerics.INumber<E> => Unsafe.BitCast<V256<E>, Vector256<E>>(v);
    [MethodImpl(Inline)] static Vector256<E> Scale<E>(Vector256<E> a, Vector256<E> n) where E : unmanaged, System.Numerics.INumber<E> => Raw(V256<E>.ScaleSingle(new(a), new(n)));
    static Vector256<E> Abs<E>(Vector256<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V256<E>.Abs(new(a)));
    static Vector256<E> Sqrt<E>(Vector256<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V256<E>.Sqrt(new(a)));
    static Vector256<E> Exp<E>(Vector256<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V256<E>.Exp(new(a)));
    static Vector256<E> Log<E>(Vector256<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V256<E>.Log(new(a)));
    static Vector256<E> Sin<E>(Vector256<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V256<E>.Sin(new(a)));
    static Vector256<E> Cos<E>(Vector256<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V256<E>.Cos(new(a)));
    static Vector256<E> Tanh<E>(Vector256<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V256<E>.Tanh(new(a)));
    static Vector256<E> Erf<E>(Vector256<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V256<E>.Erf(new(a)));
    static Vector256<E> MulAdd<E>(Vector256<E> a, Vector256<E> b, Vector256<E> c) => a * b + c;
    static Vector256<E> Same<E>(Vector256<E> a) => a;
    static Vector256<E> Call<E>(Vector256<E> a, Functions f, int i) where E : unmanaged, System.Numerics.INumber<E> => Raw(V256<E>.Call(f.One[i], new(a)));
    static Vector256<E> Call<E>(Vector256<E> a, Vector256<E> b, Functions f, int i) where E : unmanaged, System.Numerics.INumber<E> => Raw(V256<E>.Call(f.Two[i], new(a), new(b)));

    [MethodImpl(Inline)] static void StoreMask<E>(Vector256<E> mask, byte* p) where E : unmanaged, System.Numerics.INumber<E> => V256<E>.StoreMask(p, new(mask));

    [MethodImpl(Inline)] static Vector256<E> SplatMask<E>(byte* p) => *p != 0 ? Vector256<E>.AllBitsSet : Vector256<E>.Zero;

    /// <summary>A mask of the first n elements.</summary>
    [MethodImpl(Inline)] static Vector256<E> FirstN<E>(long n) where E : unmanaged => sizeof(E) switch
    {
        1 => Vector256.LessThan(Vector256<byte>.Indices, Vector256.Create((byte)n)).As<byte, E>(),
        4 => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create((int)n)).As<int, E>(),
        _ => Vector256.LessThan(Vector256<long>.Indices, Vector256.Create(n)).As<long, E>(),
    };

    /// <summary>A mask of bools.</summary>
    [MethodImpl(Inline)] static Vector256<E> LoadMask<E>(byte* p) where E : unmanaged
    {
        if (sizeof(E) == 1) return (~Vector256.Equals(Vector256.Load(p), Vector256<byte>.Zero)).As<byte, E>();
        if (sizeof(E) == 4)
        {
            var pairs = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)p).AsByte());
            return (~Vector256.Equals(Vector256.Create(Vector128.WidenLower(pairs), Vector128.WidenUpper(pairs)), Vector256<uint>.Zero)).As<uint, E>();
        }
        var words = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)p).AsByte()));
        return (~Vector256.Equals(Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)), Vector256<ulong>.Zero)).As<ulong, E>();
    }
}
