// What kernels see of CUDA when g++ compiles them.
#define DEV static inline
#define DEVM inline
#define DEVS inline
extern "C" {
double sqrt(double); double exp(double); double log(double); double sin(double); double cos(double); double tanh(double); double erf(double); double erfc(double);
double tan(double); double asin(double); double acos(double); double atan(double); double sinh(double); double cosh(double); double asinh(double); double acosh(double); double atanh(double);
double exp2(double); double log2(double); double log10(double); double log1p(double); double expm1(double); double j0(double); double j1(double); double y0(double); double y1(double); double lgamma(double);
double atan2(double, double); double hypot(double, double); double pow(double, double); double fmod(double, double); double copysign(double, double);
double floor(double); double ceil(double); double trunc(double); double rint(double); double fabs(double); double fma(double, double, double);
float fabsf(float); float fmaf(float, float, float); float floorf(float); float ceilf(float); float truncf(float); float rintf(float); float sqrtf(float); float expf(float); float logf(float);
float sinf(float); float cosf(float); float tanhf(float); float erff(float); float copysignf(float, float); float ldexpf(float, int); float powf(float, float); float log2f(float); float exp2f(float);
float log1pf(float); float expm1f(float); float fmaxf(float, float);
void* memcpy(void*, const void*, unsigned long);
void* memset(void*, int, unsigned long);
}
DEV bool isinf(double x) { return __builtin_isinf(x); }
DEV double normcdf(double x) { return 0.5 * erfc(-x * 0.70710678118654752440); }
// a first guess (Winitzki, 2008), then Newton's steps
DEV double erfinv(double y)
{
    if (y <= -1 || y >= 1) return y == 1 ? __builtin_inf() : y == -1 ? -__builtin_inf() : __builtin_nan("");
    if (y == 0) return y;
    double w = -log((1 - y) * (1 + y)), a = 0.147, t = 2 / (3.14159265358979 * a) - w / 2, x = copysign(sqrt(sqrt(t * t + w / a) - t), y);
    for (int i = 0; i < 4; i++) x -= (y > 0 ? -(erfc(x) - (1 - y)) : erf(x) - y) / (1.1283791670955126 * exp(-x * x));
    return x;
}
DEV double normcdfinv(double p) { return 1.4142135623730951 * erfinv(2 * p - 1); }
DEV double erfcx(double x) { if (x < 25) return exp(x * x) * erfc(x); double z = 1 / (2 * x * x); return 0.56418958354775628 / x * (1 - z * (1 - 3 * z * (1 - 5 * z))); }
DEV double cyl_bessel_i0(double x) { double s = 1, t = 1; for (int k = 1; k < 300; k++) { t *= x / 2 / k * (x / 2 / k); s += t; } return s; }
DEV double cyl_bessel_i1(double x) { double s = 1, t = 1; for (int k = 1; k < 300; k++) { t *= x / 2 / k * (x / 2 / (k + 1)); s += t; } return s * x / 2; }
DEV float bits_to_float(unsigned u) { float f; memcpy(&f, &u, 4); return f; }
DEV unsigned float_to_bits(float f) { unsigned u; memcpy(&u, &f, 4); return u; }
DEV double bits_to_double(unsigned long long u) { double f; memcpy(&f, &u, 8); return f; }
DEV unsigned long long double_to_bits(double f) { unsigned long long u; memcpy(&u, &f, 8); return u; }
DEV float half_to_float(unsigned short h) { _Float16 x; memcpy(&x, &h, 2); return (float)x; }
DEV unsigned short float_to_half(float f) { _Float16 x = (_Float16)f; unsigned short h; memcpy(&h, &x, 2); return h; }
DEV unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((unsigned long long)a * b >> 32); }
DEV unsigned long long __umul64hi(unsigned long long a, unsigned long long b) { return (unsigned long long)((unsigned __int128)a * b >> 64); }
DEV int __popc(unsigned x) { return __builtin_popcount(x); }
template<class T> DEV T atomicAdd(T* p, T v) { T old = *p; *p = old + v; return old; }

struct EmulatedDim { unsigned x, y, z; };
extern "C" { EmulatedDim blockIdx, threadIdx, blockDim, gridDim; void (*emu_sync)(); alignas(16) char emulated_shared[262144]; }
#define SYNC() emu_sync()
#define SYNC_WARP() emu_sync()
#define SHARED(T, name, n) static T name[n]
#define DYNAMIC(T, name) T* name = (T*)emulated_shared
#define EMULATED_KERNEL(name, barriers) \
    static void name##_body(const P& p); \
    extern "C" { int name##_sync = barriers; void name(const void* a) { name##_body(*(const P*)a); } } \
    static void name##_body(const P& p)
#define KERNEL(name) EMULATED_KERNEL(name, 0)
#define KERNEL_OF(name, threads) EMULATED_KERNEL(name, 0)
#define KERNEL_SYNC(name) EMULATED_KERNEL(name, 1)
#define KERNEL_SYNC_OF(name, threads) EMULATED_KERNEL(name, 1)
DEV float exp2_fast(float x) { return exp2f(x); }

// What the threads of a warp tell each other goes through memory. All threads of the block must come along.
static unsigned char emulated_exchange[1024][64];
DEV int emulated_thread() { return threadIdx.x + threadIdx.y * blockDim.x; }
template<class T> DEV T warp_from(T v, int thread)
{
    memcpy(emulated_exchange[emulated_thread()], &v, sizeof(T));
    SYNC();
    T r;
    memcpy(&r, emulated_exchange[thread], sizeof(T));
    SYNC();
    return r;
}
template<class T> DEV T warp_xor(T v, int mask) { return warp_from(v, emulated_thread() ^ mask); }
template<class T> DEV T warp_up(T v, int by) { int t = emulated_thread(); return warp_from(v, t % 32 >= by ? t - by : t); }
template<class T> DEV T warp_lane(T v, int lane) { return warp_from(v, emulated_thread() / 32 * 32 + lane); }
DEV unsigned warp_ballot(bool b)
{
    emulated_exchange[emulated_thread()][0] = b;
    SYNC();
    unsigned r = 0;
    for (int i = 0; i < 32; i++) r |= (unsigned)emulated_exchange[emulated_thread() / 32 * 32 + i][0] << i;
    SYNC();
    return r;
}
DEV void copy16(void* to, const void* from, bool there) { if (there) memcpy(to, from, 16); else memset(to, 0, 16); }
DEV void copies_done() { }
DEV void load4(unsigned* r, const void* p)
{
    const int t = emulated_thread(), l = t % 32;
    memcpy(emulated_exchange[t], &p, 8);
    SYNC();
    for (int i = 0; i < 4; i++)
    {
        const unsigned short* row;
        memcpy(&row, emulated_exchange[t / 32 * 32 + i * 8 + l / 4], 8);
        memcpy(r + i, row + l % 4 * 2, 4);
    }
    SYNC();
}
DEV void load4_turned(unsigned* r, const void* p)
{
    const int t = emulated_thread(), l = t % 32;
    memcpy(emulated_exchange[t], &p, 8);
    SYNC();
    for (int i = 0; i < 4; i++)
    {
        r[i] = 0;
        for (int e = 0; e < 2; e++)
        {
            const unsigned short* row;
            memcpy(&row, emulated_exchange[t / 32 * 32 + i * 8 + l % 4 * 2 + e], 8);
            r[i] |= (unsigned)row[l / 4] << 16 * e;
        }
    }
    SYNC();
}
// m16n8k16 of a half type in fragments as PTX lays them out
template<class F> DEV void emulated_mma(float* d, const unsigned* a, unsigned b0, unsigned b1, F unpack)
{
    const int t = emulated_thread(), l = t % 32, w = t / 32 * 32;
    unsigned mine[6] = { a[0], a[1], a[2], a[3], b0, b1 };
    memcpy(emulated_exchange[t], mine, 24);
    SYNC();
    for (int e = 0; e < 4; e++)
    {
        const int row = l / 4 + e / 2 * 8, column = l % 4 * 2 + e % 2;
        for (int k = 0; k < 16; k++)
        {
            unsigned left[6], right[6];
            memcpy(left, emulated_exchange[w + row % 8 * 4 + k % 8 / 2], 24);
            memcpy(right, emulated_exchange[w + column * 4 + k % 8 / 2], 24);
            d[e] += unpack(left[row / 8 + k / 8 * 2], k % 2) * unpack(right[4 + k / 8], k % 2);
        }
    }
    SYNC();
}
