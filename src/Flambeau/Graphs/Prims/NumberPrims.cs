using Flambeau.Ops;

namespace Flambeau.Graphs;

/// <summary>Arithmetic of plain numbers, as in C#: integers wrap, integer division truncates.</summary>
internal static class NumberPrims
{
    [Op("prim.add_int(int a, int b) -> int")] internal static long Add(long a, long b) => a + b;
    [Op("prim.sub_int(int a, int b) -> int")] internal static long Sub(long a, long b) => a - b;
    [Op("prim.mul_int(int a, int b) -> int")] internal static long Mul(long a, long b) => a * b;
    [Op("prim.div_int(int a, int b) -> int")] internal static long Div(long a, long b) => a / b;
    [Op("prim.mod_int(int a, int b) -> int")] internal static long Mod(long a, long b) => a % b;
    [Op("prim.floordiv_int(int a, int b) -> int")] internal static long FloorDiv(long a, long b) => a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
    [Op("prim.floormod_int(int a, int b) -> int")] internal static long FloorMod(long a, long b) => a - b * FloorDiv(a, b);
    [Op("prim.neg_int(int a) -> int")] internal static long Neg(long a) => -a;
    [Op("prim.abs_int(int a) -> int")] internal static long Abs(long a) => Math.Abs(a);
    [Op("prim.min_int(int a, int b) -> int")] internal static long Min(long a, long b) => Math.Min(a, b);
    [Op("prim.max_int(int a, int b) -> int")] internal static long Max(long a, long b) => Math.Max(a, b);
    [Op("prim.eq_int(int a, int b) -> bool")] internal static bool Eq(long a, long b) => a == b;
    [Op("prim.ne_int(int a, int b) -> bool")] internal static bool Ne(long a, long b) => a != b;
    [Op("prim.lt_int(int a, int b) -> bool")] internal static bool Lt(long a, long b) => a < b;
    [Op("prim.le_int(int a, int b) -> bool")] internal static bool Le(long a, long b) => a <= b;
    [Op("prim.gt_int(int a, int b) -> bool")] internal static bool Gt(long a, long b) => a > b;
    [Op("prim.ge_int(int a, int b) -> bool")] internal static bool Ge(long a, long b) => a >= b;
    [Op("prim.float_of_int(int a) -> float")] internal static double Float(long a) => a;

    [Op("prim.add_float(float a, float b) -> float")] internal static double Add(double a, double b) => a + b;
    [Op("prim.sub_float(float a, float b) -> float")] internal static double Sub(double a, double b) => a - b;
    [Op("prim.mul_float(float a, float b) -> float")] internal static double Mul(double a, double b) => a * b;
    [Op("prim.div_float(float a, float b) -> float")] internal static double Div(double a, double b) => a / b;
    [Op("prim.mod_float(float a, float b) -> float")] internal static double Mod(double a, double b) => a % b;
    [Op("prim.pow_float(float a, float b) -> float")] internal static double Pow(double a, double b) => Math.Pow(a, b);
    [Op("prim.neg_float(float a) -> float")] internal static double Neg(double a) => -a;
    [Op("prim.abs_float(float a) -> float")] internal static double Abs(double a) => Math.Abs(a);
    [Op("prim.sqrt_float(float a) -> float")] internal static double Sqrt(double a) => Math.Sqrt(a);
    [Op("prim.exp_float(float a) -> float")] internal static double Exp(double a) => Math.Exp(a);
    [Op("prim.log_float(float a) -> float")] internal static double Log(double a) => Math.Log(a);
    [Op("prim.floor_float(float a) -> float")] internal static double Floor(double a) => Math.Floor(a);
    [Op("prim.ceil_float(float a) -> float")] internal static double Ceil(double a) => Math.Ceiling(a);
    [Op("prim.min_float(float a, float b) -> float")] internal static double Min(double a, double b) => Math.Min(a, b);
    [Op("prim.max_float(float a, float b) -> float")] internal static double Max(double a, double b) => Math.Max(a, b);
    [Op("prim.eq_float(float a, float b) -> bool")] internal static bool Eq(double a, double b) => a == b;
    [Op("prim.ne_float(float a, float b) -> bool")] internal static bool Ne(double a, double b) => a != b;
    [Op("prim.lt_float(float a, float b) -> bool")] internal static bool Lt(double a, double b) => a < b;
    [Op("prim.le_float(float a, float b) -> bool")] internal static bool Le(double a, double b) => a <= b;
    [Op("prim.gt_float(float a, float b) -> bool")] internal static bool Gt(double a, double b) => a > b;
    [Op("prim.ge_float(float a, float b) -> bool")] internal static bool Ge(double a, double b) => a >= b;
    [Op("prim.int_of_float(float a) -> int")] internal static long Int(double a) => (long)a;

    [Op("prim.and_bool(bool a, bool b) -> bool")] internal static bool And(bool a, bool b) => a && b;
    [Op("prim.or_bool(bool a, bool b) -> bool")] internal static bool Or(bool a, bool b) => a || b;
    [Op("prim.xor_bool(bool a, bool b) -> bool")] internal static bool Xor(bool a, bool b) => a ^ b;
    [Op("prim.not_bool(bool a) -> bool")] internal static bool Not(bool a) => !a;

    [Op("prim.is_none(any a) -> bool")] internal static bool IsNone(object? a) => a is null;

    [Op("prim.unwrap(any a) -> any")]
    internal static object Unwrap(object? a) => a ?? throw new InvalidOperationException("a value was expected, but it is null");

    [Op("prim.add_str(str a, str b) -> str")] internal static string Add(string a, string b) => a + b;
    [Op("prim.eq_str(str a, str b) -> bool")] internal static bool Eq(string a, string b) => a == b;
    [Op("prim.ne_str(str a, str b) -> bool")] internal static bool Ne(string a, string b) => a != b;

    /// <summary>As C# writes it into an interpolated string, in the invariant culture.</summary>
    [Op("prim.str(any a) -> str")]
    internal static string Str(object? a) => a switch
    {
        null => "",
        IFormattable f => f.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => a.ToString() ?? "",
    };

    [Op("prim.raise(str message) -> None")]
    internal static object Raise(string message) => throw new GraphException(message);
}
