// Windows over three trailing axes of [planes, D, H, W]. `axes` holds, for each axis, first, end and count of every output.
#ifdef WINDOWS
struct P { i64 n, divisor, in[3], out[3], step[3], pad; Slot x, y, at, axes; };
DEV const i64* axis(const P& p, int a) { const i64* q = p.axes.ptr<i64>(); for (int k = 0; k < a; k++) q += 3 * p.out[k]; return q; }
DEV bool takes(T v, T best) { return v > best || v != v; }
KERNEL(maximum)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    const i64 w = i % p.out[2], h = i / p.out[2] % p.out[1], d = i / p.out[2] / p.out[1] % p.out[0], plane = i / p.out[2] / p.out[1] / p.out[0];
    const i64 *ad = axis(p, 0), *ah = axis(p, 1), *aw = axis(p, 2);
    const T* x = p.x.ptr<T>() + plane * p.in[0] * p.in[1] * p.in[2];
    i64 best = -1;
    T m = 0;
    for (i64 z = ad[d]; z < ad[p.out[0] + d]; z += p.step[0])
        for (i64 y = ah[h]; y < ah[p.out[1] + h]; y += p.step[1])
            for (i64 c = aw[w]; c < aw[p.out[2] + w]; c += p.step[2])
            {
                const i64 k = (z * p.in[1] + y) * p.in[2] + c;
                if (best < 0 || takes(x[k], m)) { m = x[k]; best = k; }
            }
    p.y.ptr<T>()[i] = m;
    if (p.at.a) p.at.ptr<i64>()[i] = best;
}
KERNEL(mean)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    const i64 w = i % p.out[2], h = i / p.out[2] % p.out[1], d = i / p.out[2] / p.out[1] % p.out[0], plane = i / p.out[2] / p.out[1] / p.out[0];
    const i64 *ad = axis(p, 0), *ah = axis(p, 1), *aw = axis(p, 2);
    const T* x = p.x.ptr<T>() + plane * p.in[0] * p.in[1] * p.in[2];
    T s = 0;
    for (i64 z = ad[d]; z < ad[p.out[0] + d]; z++)
        for (i64 y = ah[h]; y < ah[p.out[1] + h]; y++)
            for (i64 c = aw[w]; c < aw[p.out[2] + w]; c++) s += x[(z * p.in[1] + y) * p.in[2] + c];
    const i64 count = p.divisor != 0 ? p.divisor : ad[2 * p.out[0] + d] * ah[2 * p.out[1] + h] * aw[2 * p.out[2] + w];
    p.y.ptr<T>()[i] = (T)(s / (T)count);
}
// outputs whose windows hold an input: those between the first whose end lies beyond it and the last that begins at or before it
DEV i64 from(const i64* a, i64 out, i64 at) { i64 l = 0, r = out; while (l < r) { const i64 m = (l + r) / 2; if (a[out + m] > at) r = m; else l = m + 1; } return l; }
DEV i64 to(const i64* a, i64 out, i64 at) { i64 l = 0, r = out; while (l < r) { const i64 m = (l + r) / 2; if (a[m] > at) r = m; else l = m + 1; } return l; }
KERNEL(mean_adjoint)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    const i64 w = i % p.in[2], h = i / p.in[2] % p.in[1], d = i / p.in[2] / p.in[1] % p.in[0], plane = i / p.in[2] / p.in[1] / p.in[0];
    const i64 *ad = axis(p, 0), *ah = axis(p, 1), *aw = axis(p, 2);
    const T* g = p.x.ptr<T>() + plane * p.out[0] * p.out[1] * p.out[2];
    T s = 0;
    const i64 d1 = to(ad, p.out[0], d), h1 = to(ah, p.out[1], h), w1 = to(aw, p.out[2], w), h0 = from(ah, p.out[1], h), w0 = from(aw, p.out[2], w);
    for (i64 z = from(ad, p.out[0], d); z < d1; z++)
        for (i64 y = h0; y < h1; y++)
            for (i64 c = w0; c < w1; c++)
            {
                const i64 count = p.divisor != 0 ? p.divisor : ad[2 * p.out[0] + z] * ah[2 * p.out[1] + y] * aw[2 * p.out[2] + c];
                s += (T)(g[(z * p.out[1] + y) * p.out[2] + c] / (T)count);
            }
    p.y.ptr<T>()[i] = s;
}
#endif
#ifdef MOVES
struct P { i64 n, size, count, planes; Slot x, y, at, bad; };
KERNEL(pick)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    i64 k = p.at.ptr<i64>()[i];
    if (k < 0 || k >= p.size) { *p.bad.ptr<i64>() = 1; k = 0; }
    p.y.ptr<T>()[i] = p.x.ptr<T>()[i / p.count * p.size + k];
}
// a thread a plane, in order: repeated positions give the same bits each time
KERNEL(put)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.planes) return;
    const i64* at = p.at.ptr<i64>() + i * p.count;
    const T* x = p.x.ptr<T>() + i * p.count;
    T* y = p.y.ptr<T>() + i * p.size;
    for (i64 j = 0; j < p.count; j++)
    {
        i64 k = at[j];
        if (k < 0 || k >= p.size) { *p.bad.ptr<i64>() = 1; continue; }
        if (ADD) y[k] = (T)(y[k] + x[j]);
        else y[k] = x[j];
    }
}
#ifdef ATOMIC
KERNEL(put_atomic)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    const i64 k = p.at.ptr<i64>()[i];
    if (k < 0 || k >= p.size) { *p.bad.ptr<i64>() = 1; return; }
    atomicAdd(p.y.ptr<T>() + i / p.count * p.size + k, p.x.ptr<T>()[i]);
}
#endif
#endif
