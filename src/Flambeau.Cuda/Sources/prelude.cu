// What every kernel starts with: element types, conversions between them, and the arithmetic of lanes.
#ifdef __CUDACC_RTC__
#define DEV static __device__ __forceinline__
#define DEVM __device__ __forceinline__
#define DEVS __device__ __forceinline__
// A kernel takes one struct of parameters; P names it in the body, p is its value. Sources whose blocks are smaller define BOUND anew.
#define BOUND 1024
#define KERNEL(name) extern "C" __global__ void __launch_bounds__(BOUND) name(const __grid_constant__ P p)
#else
#include "on_cpu.h"
#endif
typedef signed char i8; typedef unsigned char u8; typedef short i16; typedef unsigned short u16; typedef int i32; typedef unsigned int u32;
typedef long long i64; typedef unsigned long long u64; typedef float f32; typedef double f64;
struct b8 { u8 v; };
struct f16 { u16 v; };
struct bf16 { u16 v; };
struct c64 { f32 r, i; };
struct alignas(16) c128 { f64 r, i; };
struct alignas(16) Slot
{
    i64 a, b;
    template<class T> DEVM T* ptr() const { return (T*)a; }
    template<class T> DEVM T val() const { return *(const T*)this; }
};
template<class T, int N> struct alignas(sizeof(T) * N > 16 ? 16 : sizeof(T) * N) Vec { T v[N]; };

#ifdef __CUDACC_RTC__
DEV f32 half_to_float(u16 h) { f32 f; asm("{ cvt.f32.f16 %0, %1; }" : "=f"(f) : "h"(h)); return f; }
DEV u16 float_to_half(f32 f) { u16 h; asm("{ cvt.rn.f16.f32 %0, %1; }" : "=h"(h) : "f"(f)); return h; }
DEV f32 bits_to_float(u32 u) { return __uint_as_float(u); }
DEV u32 float_to_bits(f32 f) { return __float_as_uint(f); }
DEV f64 bits_to_double(u64 u) { return __longlong_as_double((i64)u); }
DEV u64 double_to_bits(f64 f) { return (u64)__double_as_longlong(f); }
#endif
DEV f32 bf16_to_float(u16 h) { return bits_to_float((u32)h << 16); }
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
DEV u16 float_to_bf16(f32 f) { u16 h; asm("{ cvt.rn.bf16.f32 %0, %1; }" : "=h"(h) : "f"(f)); return h; }
#else
DEV u16 float_to_bf16(f32 f)
{
    u32 b = float_to_bits(f);
    if (f != f) return (u16)((b >> 16) | 0x40);
    return (u16)((b + 0x7FFF + ((b >> 16) & 1)) >> 16);
}
#endif

// real numbers truncate toward zero and wide integers wrap; complex numbers lose their imaginary part
template<class A> struct Wide { typedef A type; static DEVM A of(A x) { return x; } };
template<> struct Wide<b8> { typedef i64 type; static DEVM i64 of(b8 x) { return x.v; } };
template<> struct Wide<f16> { typedef f32 type; static DEVM f32 of(f16 x) { return half_to_float(x.v); } };
template<> struct Wide<bf16> { typedef f32 type; static DEVM f32 of(bf16 x) { return bf16_to_float(x.v); } };
template<> struct Wide<c64> { typedef f32 type; static DEVM f32 of(c64 x) { return x.r; } };
template<> struct Wide<c128> { typedef f64 type; static DEVM f64 of(c128 x) { return x.r; } };
DEV i64 to_int(i64 x) { return x; }
DEV i64 to_int(f64 x) { return x != x ? 0 : x >= 9223372036854775807.0 ? 9223372036854775807LL : x <= -9223372036854775808.0 ? (i64)(-9223372036854775807LL - 1) : (i64)x; }
DEV i64 to_int(f32 x) { return to_int((f64)x); }
template<class B> struct Narrow { template<class A> static DEVM B of(A x) { return (B)to_int((typename Wide<A>::type)x); } };
template<> struct Narrow<f32> { template<class A> static DEVM f32 of(A x) { return (f32)x; } };
template<> struct Narrow<f64> { template<class A> static DEVM f64 of(A x) { return (f64)x; } };
template<> struct Narrow<b8> { template<class A> static DEVM b8 of(A x) { b8 r; r.v = x != 0; return r; } };
template<> struct Narrow<f16> { template<class A> static DEVM f16 of(A x) { f16 r; r.v = float_to_half((f32)x); return r; } };
template<> struct Narrow<bf16> { template<class A> static DEVM bf16 of(A x) { bf16 r; r.v = float_to_bf16((f32)x); return r; } };
template<> struct Narrow<c64> { template<class A> static DEVM c64 of(A x) { c64 r; r.r = (f32)x; r.i = 0; return r; } };
template<> struct Narrow<c128> { template<class A> static DEVM c128 of(A x) { c128 r; r.r = (f64)x; r.i = 0; return r; } };
DEV i64 small(i64 x) { return x; }
DEV f32 small(f32 x) { return x; }
DEV f64 small(f64 x) { return x; }
template<class A> struct Plain { typedef i64 type; };
template<> struct Plain<f32> { typedef f32 type; };
template<> struct Plain<f64> { typedef f64 type; };
template<class B, class A> struct Conv { static DEVM B of(A x) { return Narrow<B>::of((typename Plain<typename Wide<A>::type>::type)Wide<A>::of(x)); } };
template<class A> struct Conv<A, A> { static DEVM A of(A x) { return x; } };
template<> struct Conv<c128, c64> { static DEVM c128 of(c64 x) { c128 r; r.r = x.r; r.i = x.i; return r; } };
template<> struct Conv<c64, c128> { static DEVM c64 of(c128 x) { c64 r; r.r = (f32)x.r; r.i = (f32)x.i; return r; } };
template<> struct Conv<b8, c64> { static DEVM b8 of(c64 x) { b8 r; r.v = x.r != 0 || x.i != 0; return r; } };
template<> struct Conv<b8, c128> { static DEVM b8 of(c128 x) { b8 r; r.v = x.r != 0 || x.i != 0; return r; } };
template<class B, class A> DEV B conv(A x) { return Conv<B, A>::of(x); }
template<class B> DEV B conv_mask(bool x) { return conv<B>((i64)x); }

DEV f64 inf64() { return bits_to_double(0x7FF0000000000000ULL); }
DEV f64 nan64() { return bits_to_double(0x7FF8000000000000ULL); }

// bits of a lane, for masks that are used as numbers
template<class T> struct Bits { static DEVM u64 of(T x) { return (u64)(i64)x; } static DEVM T from(u64 b) { return (T)b; } };
template<> struct Bits<f32> { static DEVM u64 of(f32 x) { return float_to_bits(x); } static DEVM f32 from(u64 b) { return bits_to_float((u32)b); } };
template<> struct Bits<f64> { static DEVM u64 of(f64 x) { return double_to_bits(x); } static DEVM f64 from(u64 b) { return bits_to_double(b); } };

template<class T> struct Lane
{
    static DEVM T constant(f64 x) { return conv<T>(x); }
    static DEVM T mask(bool m) { return Bits<T>::from(m ? ~0ULL : 0); }
    static DEVM bool set(T x) { return Bits<T>::of(x) != 0; }
    static DEVM T add(T a, T b) { return (T)(a + b); }
    static DEVM T sub(T a, T b) { return (T)(a - b); }
    static DEVM T mul(T a, T b) { return (T)(a * b); }
    static DEVM T div(T a, T b) { return (T)(a / b); }
    static DEVM T neg(T a) { return (T)-a; }
    static DEVM T band(T a, T b) { return Bits<T>::from(Bits<T>::of(a) & Bits<T>::of(b)); }
    static DEVM T bor(T a, T b) { return Bits<T>::from(Bits<T>::of(a) | Bits<T>::of(b)); }
    static DEVM T bxor(T a, T b) { return Bits<T>::from(Bits<T>::of(a) ^ Bits<T>::of(b)); }
    static DEVM T bnot(T a) { return Bits<T>::from(~Bits<T>::of(a)); }
    static DEVM bool lt(T a, T b) { return a < b; }
    static DEVM bool gt(T a, T b) { return a > b; }
    static DEVM bool le(T a, T b) { return a <= b; }
    static DEVM bool ge(T a, T b) { return a >= b; }
    static DEVM bool eq(T a, T b) { return a == b; }
    static DEVM T min(T a, T b) { return a != a ? a : b != b ? b : b < a ? b : a; }
    static DEVM T max(T a, T b) { return a != a ? a : b != b ? b : a < b ? b : a; }
    static DEVM T abs(T a) { return a < 0 ? (T)-a : a; }
    static DEVM T muladd(T a, T b, T c) { return (T)(a * b + c); }
    static DEVM T floor(T a) { return a; }
    static DEVM T ceil(T a) { return a; }
    static DEVM T trunc(T a) { return a; }
    static DEVM T round(T a) { return a; }
    static DEVM T sqrt(T a) { return conv<T>(::sqrt((f64)a)); }
    static DEVM T exp(T a) { return conv<T>(::exp((f64)a)); }
    static DEVM T log(T a) { return conv<T>(::log((f64)a)); }
    static DEVM T sin(T a) { return conv<T>(::sin((f64)a)); }
    static DEVM T cos(T a) { return conv<T>(::cos((f64)a)); }
    static DEVM T tanh(T a) { return conv<T>(::tanh((f64)a)); }
    static DEVM T erf(T a) { return conv<T>(::erf((f64)a)); }
    static DEVM T copysign(T a, T s) { return (a < 0) != (s < 0) ? (T)-a : a; }
    static DEVM T scale(T a, T n) { return a; }
};
template<> DEVS f32 Lane<f32>::abs(f32 a) { return fabsf(a); }
template<> DEVS f32 Lane<f32>::muladd(f32 a, f32 b, f32 c) { return fmaf(a, b, c); }
template<> DEVS f32 Lane<f32>::floor(f32 a) { return floorf(a); }
template<> DEVS f32 Lane<f32>::ceil(f32 a) { return ceilf(a); }
template<> DEVS f32 Lane<f32>::trunc(f32 a) { return truncf(a); }
template<> DEVS f32 Lane<f32>::round(f32 a) { return rintf(a); }
template<> DEVS f32 Lane<f32>::sqrt(f32 a) { return sqrtf(a); }
template<> DEVS f32 Lane<f32>::exp(f32 a) { return expf(a); }
template<> DEVS f32 Lane<f32>::log(f32 a) { return logf(a); }
template<> DEVS f32 Lane<f32>::sin(f32 a) { return sinf(a); }
template<> DEVS f32 Lane<f32>::cos(f32 a) { return cosf(a); }
template<> DEVS f32 Lane<f32>::tanh(f32 a) { return tanhf(a); }
template<> DEVS f32 Lane<f32>::erf(f32 a) { return erff(a); }
template<> DEVS f32 Lane<f32>::copysign(f32 a, f32 s) { return copysignf(a, s); }
template<> DEVS f32 Lane<f32>::scale(f32 a, f32 n) { return ldexpf(a, (int)n); }
template<> DEVS f64 Lane<f64>::abs(f64 a) { return fabs(a); }
template<> DEVS f64 Lane<f64>::muladd(f64 a, f64 b, f64 c) { return fma(a, b, c); }
template<> DEVS f64 Lane<f64>::floor(f64 a) { return ::floor(a); }
template<> DEVS f64 Lane<f64>::ceil(f64 a) { return ::ceil(a); }
template<> DEVS f64 Lane<f64>::trunc(f64 a) { return ::trunc(a); }
template<> DEVS f64 Lane<f64>::round(f64 a) { return rint(a); }
template<> DEVS f64 Lane<f64>::copysign(f64 a, f64 s) { return ::copysign(a, s); }

// complex numbers, in double precision
DEV c128 cx(f64 r, f64 i) { c128 z; z.r = r; z.i = i; return z; }
DEV c128 operator+(c128 a, c128 b) { return cx(a.r + b.r, a.i + b.i); }
DEV c128 operator-(c128 a, c128 b) { return cx(a.r - b.r, a.i - b.i); }
DEV c128 operator-(c128 a) { return cx(-a.r, -a.i); }
DEV c128 operator*(c128 a, c128 b) { return cx(a.r * b.r - a.i * b.i, a.i * b.r + a.r * b.i); }
DEV c128 operator*(f64 a, c128 b) { return cx(a * b.r, a * b.i); }
DEV c128 operator/(c128 a, c128 b)
{
    // Smith's algorithm
    if (fabs(b.i) < fabs(b.r)) { f64 q = b.i / b.r, d = b.r + b.i * q; return cx((a.r + a.i * q) / d, (a.i - a.r * q) / d); }
    f64 q = b.r / b.i, d = b.i + b.r * q;
    return cx((a.i + a.r * q) / d, (-a.r + a.i * q) / d);
}
DEV bool operator==(c128 a, c128 b) { return a.r == b.r && a.i == b.i; }
DEV f64 cabs(c128 a) { return hypot(a.r, a.i); }
DEV c128 cexp(c128 a) { f64 e = exp(a.r); return cx(e * cos(a.i), e * sin(a.i)); }
DEV c128 clog(c128 a) { return cx(log(cabs(a)), atan2(a.i, a.r)); }
DEV c128 csqrt(c128 a)
{
    if (a.r == 0 && a.i == 0) return cx(0, a.i);
    if (isinf(a.i)) return cx(inf64(), a.i);
    f64 t = sqrt((fabs(a.r) + cabs(a)) * 0.5);
    return a.r >= 0 ? cx(t, a.i / (2 * t)) : cx(fabs(a.i) / (2 * t), copysign(t, a.i));
}
DEV c128 csin(c128 a) { return cx(sin(a.r) * cosh(a.i), cos(a.r) * sinh(a.i)); }
DEV c128 ccos(c128 a) { return cx(cos(a.r) * cosh(a.i), -sin(a.r) * sinh(a.i)); }
DEV c128 csinh(c128 a) { return cx(sinh(a.r) * cos(a.i), cosh(a.r) * sin(a.i)); }
DEV c128 ccosh(c128 a) { return cx(cosh(a.r) * cos(a.i), sinh(a.r) * sin(a.i)); }
DEV c128 ctan(c128 a)
{
    f64 r = 2 * a.r, i = 2 * a.i;
    if (fabs(a.i) > 20) return cx(0, copysign(1.0, a.i));
    f64 d = cos(r) + cosh(i);
    return cx(sin(r) / d, sinh(i) / d);
}
DEV c128 ctanh(c128 a) { c128 t = ctan(cx(-a.i, a.r)); return cx(t.i, -t.r); }
DEV c128 cpow(c128 x, c128 y)
{
    if (x.r == 0 && x.i == 0) return cx(y.r == 0 && y.i == 0 ? 1 : 0, 0);
    if (y.r == 0 && y.i == 0) return cx(1, 0);
    f64 rho = cabs(x), theta = atan2(x.i, x.r), nu = y.r * theta + y.i * log(rho), t = pow(rho, y.r) * exp(-y.i * theta);
    return cx(t * cos(nu), t * sin(nu));
}
DEV bool cless(c128 a, c128 b) { return a.r < b.r || (a.r == b.r && a.i < b.i); }
template<> struct Lane<c128>
{
    static DEVM c128 constant(f64 x) { return cx(x, 0); }
    static DEVM c128 mask(bool m) { return cx(m, 0); }
    static DEVM bool set(c128 x) { return x.r != 0 || x.i != 0; }
    static DEVM c128 add(c128 a, c128 b) { return a + b; }
    static DEVM c128 sub(c128 a, c128 b) { return a - b; }
    static DEVM c128 mul(c128 a, c128 b) { return a * b; }
    static DEVM c128 div(c128 a, c128 b) { return a / b; }
    static DEVM c128 neg(c128 a) { return -a; }
    static DEVM c128 band(c128 a, c128 b) { return mask(set(a) && set(b)); }
    static DEVM c128 bor(c128 a, c128 b) { return mask(set(a) || set(b)); }
    static DEVM c128 bxor(c128 a, c128 b) { return mask(set(a) != set(b)); }
    static DEVM c128 bnot(c128 a) { return mask(!set(a)); }
    static DEVM bool lt(c128 a, c128 b) { return cless(a, b); }
    static DEVM bool gt(c128 a, c128 b) { return cless(b, a); }
    static DEVM bool le(c128 a, c128 b) { return cless(a, b) || a == b; }
    static DEVM bool ge(c128 a, c128 b) { return cless(b, a) || a == b; }
    static DEVM bool eq(c128 a, c128 b) { return a == b; }
    static DEVM c128 min(c128 a, c128 b) { return cless(b, a) ? b : a; }
    static DEVM c128 max(c128 a, c128 b) { return cless(a, b) ? b : a; }
    static DEVM c128 abs(c128 a) { return cx(cabs(a), 0); }
    static DEVM c128 muladd(c128 a, c128 b, c128 c) { return a * b + c; }
    static DEVM c128 floor(c128 a) { return cx(::floor(a.r), ::floor(a.i)); }
    static DEVM c128 ceil(c128 a) { return cx(::ceil(a.r), ::ceil(a.i)); }
    static DEVM c128 trunc(c128 a) { return cx(::trunc(a.r), ::trunc(a.i)); }
    static DEVM c128 round(c128 a) { return cx(rint(a.r), rint(a.i)); }
    static DEVM c128 sqrt(c128 a) { return csqrt(a); }
    static DEVM c128 exp(c128 a) { return cexp(a); }
    static DEVM c128 log(c128 a) { return clog(a); }
    static DEVM c128 sin(c128 a) { return csin(a); }
    static DEVM c128 cos(c128 a) { return ccos(a); }
    static DEVM c128 tanh(c128 a) { return ctanh(a); }
    static DEVM c128 copysign(c128 a, c128 s) { return cx(::copysign(a.r, s.r), 0); }
};

// functions that formulas call by name
template<class T> struct Fn
{
#define ONE(name, e) static DEVM T name(T t) { f64 x = (f64)t; return conv<T>((f64)(e)); }
#define TWO(name, e) static DEVM T name(T s, T t) { f64 x = (f64)s, y = (f64)t; return conv<T>((f64)(e)); }
    ONE(tan, ::tan(x)) ONE(asin, ::asin(x)) ONE(acos, ::acos(x)) ONE(atan, ::atan(x)) ONE(sinh, ::sinh(x)) ONE(cosh, ::cosh(x))
    ONE(asinh, ::asinh(x)) ONE(acosh, ::acosh(x)) ONE(atanh, ::atanh(x)) ONE(exp2, ::exp2(x)) ONE(log2, ::log2(x)) ONE(log10, ::log10(x))
    ONE(erf, ::erf(x)) ONE(erfc, ::erfc(x)) ONE(erfinv, ::erfinv(x)) ONE(erfcx, ::erfcx(x)) ONE(ndtr, ::normcdf(x)) ONE(ndtri, ::normcdfinv(x))
    ONE(log_ndtr, x < -1 ? ::log(::erfcx(-x * 0.70710678118654752440) * 0.5) - x * x * 0.5 : ::log1p(-::erfc(x * 0.70710678118654752440) * 0.5))
    ONE(sinc, x == 0 ? 1 : ::sin(3.14159265358979323846 * x) / (3.14159265358979323846 * x)) ONE(logit, ::log(x / (1 - x)))
    ONE(bessel_j0, ::j0(x)) ONE(bessel_j1, ::j1(x)) ONE(bessel_y0, ::y0(x)) ONE(bessel_y1, ::y1(x)) ONE(spherical_bessel_j0, ::isinf(x) ? 0 : ::fabs(x) < 0.5 ? sph(x) : ::sin(x) / x)
    ONE(i0, ::cyl_bessel_i0(x)) ONE(i1, ::cyl_bessel_i1(x)) ONE(lgamma, ::lgamma(x)) ONE(entr, x != x ? x : x > 0 ? -x * ::log(x) : x == 0 ? 0 : -inf64()) ONE(digamma, psi(x))
    TWO(atan2, ::atan2(x, y)) TWO(hypot, ::hypot(x, y)) TWO(pow, ::pow(x, y)) TWO(fmod, ::fmod(x, y))
    TWO(xlogy, y != y ? nan64() : x == 0 ? 0 : x * ::log(y)) TWO(xlog1py, y != y ? nan64() : x == 0 ? 0 : x * ::log1p(y))
    TWO(remainder, modulus(x, y)) TWO(floor_divide, quotient(x, y))
#undef ONE
#undef TWO
    static DEVM f64 sph(f64 x) { f64 z = x * x; return 1 + z * (-1.0 / 6 + z * (1.0 / 120 + z * (-1.0 / 5040 + z * (1.0 / 362880 + z * (-1.0 / 39916800))))); }
    static DEVM f64 modulus(f64 x, f64 y) { f64 m = ::fmod(x, y); return m != 0 && (m < 0) != (y < 0) ? m + y : m; }
    static DEVM f64 quotient(f64 x, f64 y)
    {
        if (y == 0) return x / y;
        f64 m = ::fmod(x, y), d = (x - m) / y;
        if (m != 0 && (y < 0) != (m < 0)) d -= 1;
        if (d == 0) return ::copysign(0.0, x / y);
        f64 f = ::floor(d);
        return d - f > 0.5 ? f + 1 : f;
    }
    // recurrence up to 10, then the asymptotic series (Abramowitz and Stegun, 6.3.18); reflection for negative numbers
    static DEVM f64 psi(f64 x)
    {
        if (x == 0) return ::copysign(inf64(), -x);
        f64 r = 0;
        if (x < 0)
        {
            if (x == ::floor(x)) return nan64();
            r = -3.14159265358979323846 / ::tan(3.14159265358979323846 * (x - ::floor(x)));
            x = 1 - x;
        }
        for (; x < 10; x += 1) r -= 1 / x;
        f64 z = 1 / (x * x);
        return r + ::log(x) - 0.5 / x - z * (1.0 / 12 - z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * (1.0 / 132 - z * (691.0 / 32760 - z / 12))))));
    }
};
template<> DEVS f32 Fn<f32>::pow(f32 x, f32 y) { return powf(x, y); }
template<> DEVS f32 Fn<f32>::log2(f32 x) { return log2f(x); }
template<> DEVS f32 Fn<f32>::exp2(f32 x) { return exp2f(x); }
// functions of integers, which wrap; a division by 0 gives 0
template<> struct Fn<i64>
{
    static DEVM i64 i_FloorDivide(i64 x, i64 y) { if (y == 0) return 0; if (y == -1) return (i64)(0ULL - (u64)x); const i64 q = x / y; return x % y != 0 && (x < 0) != (y < 0) ? q - 1 : q; }
    static DEVM i64 i_TruncDivide(i64 x, i64 y) { return y == 0 ? 0 : y == -1 ? (i64)(0ULL - (u64)x) : x / y; }
    static DEVM i64 i_Remainder(i64 x, i64 y) { if (y == 0 || y == -1) return 0; const i64 m = x % y; return m != 0 && (m < 0) != (y < 0) ? m + y : m; }
    static DEVM i64 i_FMod(i64 x, i64 y) { return y == 0 || y == -1 ? 0 : x % y; }
    static DEVM i64 i_Gcd(i64 x, i64 y) { u64 a = x < 0 ? 0ULL - (u64)x : (u64)x, b = y < 0 ? 0ULL - (u64)y : (u64)y; while (b) { const u64 r = a % b; a = b; b = r; } return (i64)a; }
    static DEVM i64 i_Lcm(i64 x, i64 y) { const i64 g = i_Gcd(x, y); if (g == 0) return 0; const i64 r = (i64)((u64)(x / g) * (u64)y); return r < 0 ? -r : r; }
    static DEVM i64 i_BitwiseLeftShift(i64 x, i64 y) { return y < 0 || y > 63 ? 0 : (i64)((u64)x << y); }
    static DEVM i64 i_BitwiseRightShift(i64 x, i64 y) { return y < 0 || y > 63 ? (x < 0 ? -1 : 0) : x >> y; }
    static DEVM i64 power(i64 x, i64 n)
    {
        if (n < 0) return x == 1 ? 1 : x == -1 ? (n % 2 == 0 ? 1 : -1) : 0;
        u64 r = 1, b = (u64)x;
        for (; n > 0; n >>= 1, b *= b) if (n & 1) r *= b;
        return (i64)r;
    }
    static DEVM i64 i_Pow(i64 x, i64 n) { return power(x, n); }
    static DEVM i64 i_Power(i64 x, i64 n) { return power(x, n); }
};
template<> struct Fn<c128>
{
    static DEVM c128 tan(c128 z) { return ctan(z); }
    static DEVM c128 sinh(c128 z) { return csinh(z); }
    static DEVM c128 cosh(c128 z) { return ccosh(z); }
    static DEVM c128 exp2(c128 z) { return cpow(cx(2, 0), z); }
    static DEVM c128 log2(c128 z) { return 1.4426950408889634074 * clog(z); }
    static DEVM c128 log10(c128 z) { return 0.43429448190325182765 * clog(z); }
    static DEVM c128 pow(c128 x, c128 y) { return cpow(x, y); }
    static DEVM c128 sinc(c128 z) { c128 w = 3.14159265358979323846 * z; return z.r == 0 && z.i == 0 ? cx(1, 0) : csin(w) / w; }
    static DEVM c128 one() { return cx(1, 0); }
    static DEVM c128 asinh(c128 z)
    {
        // by asin(iz) = i asinh(z)
        c128 w = asin(cx(-z.i, z.r));
        return cx(w.i, -w.r);
    }
    // Hull, Fairgrieve and Tang, "Implementing the complex arcsine and arccosine functions using exception handling" (1997), without the extremes
    static DEVM c128 asin(c128 z)
    {
        f64 x = fabs(z.r), y = fabs(z.i), r = hypot(x + 1, y), s = hypot(x - 1, y), a = (r + s) * 0.5, b = x / a;
        f64 re = b > 0.6417 ? ::atan(x / ::sqrt(0.5 * (a + x) * (y * y / (r + x + 1) + (x <= 1 ? s + (1 - x) : y * y / (s + (x - 1)))))) : ::asin(b);
        f64 am = a < 1.5 ? 0.5 * (y * y / (r + x + 1) + (x < 1 ? y * y / (s + (1 - x)) : s + (x - 1))) : a - 1;
        f64 im = am < 0.5 ? ::log1p(am + ::sqrt(am * (a + 1))) : ::log(a + ::sqrt(a * a - 1));
        return cx(::copysign(re, z.r), ::copysign(im, z.i));
    }
    static DEVM c128 acos(c128 z) { c128 w = asin(z); return cx(1.5707963267948966192 - w.r, -w.i); }
    static DEVM c128 acosh(c128 z) { return clog(z + csqrt(z + one()) * csqrt(z - one())); }
    static DEVM c128 atanh(c128 z) { return 0.5 * (clog(one() + z) - clog(one() - z)); }
    static DEVM c128 atan(c128 z) { c128 w = atanh(cx(-z.i, z.r)); return cx(w.i, -w.r); }
};
#ifdef __CUDACC_RTC__
#define KERNEL_SYNC(name) KERNEL(name)
#define SHARED(T, name, n) __shared__ T name[n]
#define SYNC() __syncthreads()
#endif
