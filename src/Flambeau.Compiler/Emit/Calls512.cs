using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Flambeau.Compiler.Loops;
using Flambeau.Cpu;

namespace Flambeau.Compiler.Emit;

/// <summary>What the emitter calls for registers of 512 bits. Plain arithmetic is the run-time library's, which the JIT knows as instructions.</summary>
internal static unsafe class Calls512
{
    internal static LaneTable Table<E>() where E : unmanaged, System.Numerics.INumber<E> => new(typeof(Vector512<E>), Vector512<E>.Count, Method<E>,
        ((LaneLoad<Vector512<E>, E>)Vector512.Load).Method, ((LaneStore<Vector512<E>, E>)Vector512.Store).Method, ((Func<E, Vector512<E>>)Vector512.Create).Method,
        ((LaneLoad<Vector512<E>, byte>)LoadMask<E>).Method, ((LaneStore<Vector512<E>, byte>)StoreMask).Method, ((LaneLoad<Vector512<E>, byte>)SplatMask<E>).Method,
        ((Func<long, Vector512<E>>)FirstN<E>).Method);

    static MethodInfo Method<E>(ExprOp op) where E : unmanaged, System.Numerics.INumber<E> => op switch
    {
        ExprOp.Add => Two<E>(Vector512.Add),
        ExprOp.Sub => Two<E>(Vector512.Subtract),
        ExprOp.Mul => Two<E>(Vector512.Multiply),
        ExprOp.Div => Two<E>(Vector512.Divide),
        ExprOp.And => Two<E>(Vector512.BitwiseAnd),
        ExprOp.Or => Two<E>(Vector512.BitwiseOr),
        ExprOp.Xor => Two<E>(Vector512.Xor),
        ExprOp.Lt => Two<E>(Vector512.LessThan),
        ExprOp.Gt => Two<E>(Vector512.GreaterThan),
        ExprOp.Le => Two<E>(Vector512.LessThanOrEqual),
        ExprOp.Ge => Two<E>(Vector512.GreaterThanOrEqual),
        ExprOp.Eq => Two<E>(Vector512.Equals),
        ExprOp.Min => Two<E>(Vector512.Min),
        ExprOp.Max => Two<E>(Vector512.Max),
        ExprOp.CopySign => Two<E>(Vector512.CopySign),
        ExprOp.ScaleSingle => Two<E>(Scale),
        ExprOp.Neg => One<E>(Vector512.Negate),
        ExprOp.Not => One<E>(Vector512.OnesComplement),
        ExprOp.Abs => Float<E>() ? One<E>(Vector512.Abs) : One<E>(Abs),
        ExprOp.Sqrt => Float<E>() ? One<E>(Vector512.Sqrt) : One<E>(Sqrt),
        ExprOp.Floor => typeof(E) == typeof(float) ? One<float>(Vector512.Floor) : typeof(E) == typeof(double) ? One<double>(Vector512.Floor) : One<E>(Same),
        ExprOp.Ceil => typeof(E) == typeof(float) ? One<float>(Vector512.Ceiling) : typeof(E) == typeof(double) ? One<double>(Vector512.Ceiling) : One<E>(Same),
        ExprOp.Trunc => typeof(E) == typeof(float) ? One<float>(Vector512.Truncate) : typeof(E) == typeof(double) ? One<double>(Vector512.Truncate) : One<E>(Same),
        ExprOp.Round => typeof(E) == typeof(float) ? One<float>(Vector512.Round) : typeof(E) == typeof(double) ? One<double>(Vector512.Round) : One<E>(Same),
        ExprOp.Exp => One<E>(Exp),
        ExprOp.Log => One<E>(Log),
        ExprOp.Sin => One<E>(Sin),
        ExprOp.Cos => One<E>(Cos),
        ExprOp.Tanh => One<E>(Tanh),
        ExprOp.Erf => One<E>(Erf),
        ExprOp.Select => ((Func<Vector512<E>, Vector512<E>, Vector512<E>, Vector512<E>>)Vector512.ConditionalSelect).Method,
        ExprOp.MulAdd => typeof(E) == typeof(float) ? ((Func<Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>>)Vector512.MultiplyAddEstimate).Method
            : typeof(E) == typeof(double) ? ((Func<Vector512<double>, Vector512<double>, Vector512<double>, Vector512<double>>)Vector512.MultiplyAddEstimate).Method
            : ((Func<Vector512<E>, Vector512<E>, Vector512<E>, Vector512<E>>)MulAdd).Method,
        ExprOp.Call1 => ((Func<Vector512<E>, Functions, int, Vector512<E>>)Call).Method,
        ExprOp.Call2 => ((Func<Vector512<E>, Vector512<E>, Functions, int, Vector512<E>>)Call).Method,
        _ => throw new InvalidOperationException($"{op} is no operation of registers"),
    };

    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    static bool Float<E>() => typeof(E) == typeof(float) || typeof(E) == typeof(double);
    static MethodInfo One<E>(Func<Vector512<E>, Vector512<E>> f) => f.Method;
    static MethodInfo Two<E>(Func<Vector512<E>, Vector512<E>, Vector512<E>> f) => f.Method;

    [MethodImpl(Inline)] static Vector512<E> Raw<E>(V512<E> v) where E : unmanaged, System.Numerics.INumber<E> => Unsafe.BitCast<V512<E>, Vector512<E>>(v);
    [MethodImpl(Inline)] static Vector512<E> Scale<E>(Vector512<E> a, Vector512<E> n) where E : unmanaged, System.Numerics.INumber<E> => Raw(V512<E>.ScaleSingle(new(a), new(n)));
    static Vector512<E> Abs<E>(Vector512<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V512<E>.Abs(new(a)));
    static Vector512<E> Sqrt<E>(Vector512<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V512<E>.Sqrt(new(a)));
    static Vector512<E> Exp<E>(Vector512<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V512<E>.Exp(new(a)));
    static Vector512<E> Log<E>(Vector512<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V512<E>.Log(new(a)));
    static Vector512<E> Sin<E>(Vector512<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V512<E>.Sin(new(a)));
    static Vector512<E> Cos<E>(Vector512<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V512<E>.Cos(new(a)));
    static Vector512<E> Tanh<E>(Vector512<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V512<E>.Tanh(new(a)));
    static Vector512<E> Erf<E>(Vector512<E> a) where E : unmanaged, System.Numerics.INumber<E> => Raw(V512<E>.Erf(new(a)));
    static Vector512<E> MulAdd<E>(Vector512<E> a, Vector512<E> b, Vector512<E> c) => a * b + c;
    static Vector512<E> Same<E>(Vector512<E> a) => a;
    static Vector512<E> Call<E>(Vector512<E> a, Functions f, int i) where E : unmanaged, System.Numerics.INumber<E> => Raw(V512<E>.Call(f.One[i], new(a)));
    static Vector512<E> Call<E>(Vector512<E> a, Vector512<E> b, Functions f, int i) where E : unmanaged, System.Numerics.INumber<E> => Raw(V512<E>.Call(f.Two[i], new(a), new(b)));

    [MethodImpl(Inline)] static void StoreMask<E>(Vector512<E> mask, byte* p) where E : unmanaged, System.Numerics.INumber<E> => V512<E>.StoreMask(p, new(mask));

    [MethodImpl(Inline)] static Vector512<E> SplatMask<E>(byte* p) => *p != 0 ? Vector512<E>.AllBitsSet : Vector512<E>.Zero;

    /// <summary>A mask of the first n elements.</summary>
    [MethodImpl(Inline)] static Vector512<E> FirstN<E>(long n) where E : unmanaged => sizeof(E) switch
    {
        1 => Vector512.LessThan(Vector512<byte>.Indices, Vector512.Create((byte)n)).As<byte, E>(),
        4 => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)n)).As<int, E>(),
        _ => Vector512.LessThan(Vector512<long>.Indices, Vector512.Create(n)).As<long, E>(),
    };

    /// <summary>A mask of bools.</summary>
    [MethodImpl(Inline)] static Vector512<E> LoadMask<E>(byte* p) where E : unmanaged
    {
        if (sizeof(E) == 1) return (~Vector512.Equals(Vector512.Load(p), Vector512<byte>.Zero)).As<byte, E>();
        if (sizeof(E) == 4)
        {
            var pairs = Vector256.Create(Vector128.WidenLower(Vector128.Load(p)), Vector128.WidenUpper(Vector128.Load(p)));
            return (~Vector512.Equals(Vector512.Create(Vector256.WidenLower(pairs), Vector256.WidenUpper(pairs)), Vector512<uint>.Zero)).As<uint, E>();
        }
        var few = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)p).AsByte());
        var words = Vector256.Create(Vector128.WidenLower(few), Vector128.WidenUpper(few));
        return (~Vector512.Equals(Vector512.Create(Vector256.WidenLower(words), Vector256.WidenUpper(words)), Vector512<ulong>.Zero)).As<ulong, E>();
    }
}
