// Windows over three axes of [outer, D, H, W, inner], V elements of the innermost axis a thread: planes are outer and inner is 1 in row-major tensors, channels are
// inner where they lie last. `axes` holds, for each axis, first, end and count of every output. Before this text: T (elements), L (lanes), I (offsets), V.
#ifdef WINDOWS
struct P { i64 n, inner, divisor, in[3], out[3], step[3], stride[3], pad[3], reach[3], unused; Slot x, y, at, axes; };
typedef Vec<T, V> X;
struct Place { I c, w, h, d, outer; };
DEV Place place(I i, const P& p, const i64* size)
{
    Place q;
    const I inner = (I)(p.inner / V), w = (I)size[2], h = (I)size[1], d = (I)size[0];
    I r = inner == 1 ? i : i / inner;
    q.c = (i - r * inner) * V; i = r;
    r = i / w; q.w = i - r * w; i = r;
    r = i / h; q.h = i - r * h; i = r;
    r = d == 1 ? i : i / d; q.d = i - r * d;
    q.outer = r;
    return q;
}
DEV i64 offset(const P& p, const i64* size, const Place& q, i64 d, i64 h, i64 w) { return ((((i64)q.outer * size[0] + d) * size[1] + h) * size[2] + w) * p.inner + q.c; }
DEV const i64* axis(const P& p, int a) { const i64* q = p.axes.ptr<i64>(); for (int k = 0; k < a; k++) q += 3 * p.out[k]; return q; }
KERNEL(maximum)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    const Place q = place((I)i, p, p.out);
    const i64 *ad = axis(p, 0), *ah = axis(p, 1), *aw = axis(p, 2);
    L m[V];
    i64 best[V];
    for (int j = 0; j < V; j++) { m[j] = (L)0; best[j] = -1; }
    for (i64 z = ad[q.d]; z < ad[p.out[0] + q.d]; z += p.step[0])
        for (i64 y = ah[q.h]; y < ah[p.out[1] + q.h]; y += p.step[1])
            for (i64 c = aw[q.w]; c < aw[p.out[2] + q.w]; c += p.step[2])
            {
                const X v = *(const X*)(p.x.ptr<T>() + offset(p, p.in, q, z, y, c));
                const i64 k = (z * p.in[1] + y) * p.in[2] + c;
                #pragma unroll
                for (int j = 0; j < V; j++) { const L l = conv<L>(v.v[j]); if (best[j] < 0 || l > m[j] || l != l) { m[j] = l; best[j] = k; } }
            }
    X w;
    for (int j = 0; j < V; j++) w.v[j] = conv<T>(m[j]);
    *(X*)(p.y.ptr<T>() + i * V) = w;
    if (p.at.a) for (int j = 0; j < V; j++) p.at.ptr<i64>()[i * V + j] = best[j];
}
KERNEL(mean)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    const Place q = place((I)i, p, p.out);
    const i64 *ad = axis(p, 0), *ah = axis(p, 1), *aw = axis(p, 2);
    L s[V];
    for (int j = 0; j < V; j++) s[j] = 0;
    for (i64 z = ad[q.d]; z < ad[p.out[0] + q.d]; z++)
        for (i64 y = ah[q.h]; y < ah[p.out[1] + q.h]; y++)
            for (i64 c = aw[q.w]; c < aw[p.out[2] + q.w]; c++)
            {
                const X v = *(const X*)(p.x.ptr<T>() + offset(p, p.in, q, z, y, c));
                #pragma unroll
                for (int j = 0; j < V; j++) s[j] += conv<L>(v.v[j]);
            }
    const i64 count = p.divisor != 0 ? p.divisor : ad[2 * p.out[0] + q.d] * ah[2 * p.out[1] + q.h] * aw[2 * p.out[2] + q.w];
    X w;
    for (int j = 0; j < V; j++) w.v[j] = conv<T>((L)(s[j] / (L)count));
    *(X*)(p.y.ptr<T>() + i * V) = w;
}
// outputs whose windows hold an input: those between the first whose end lies beyond it and the last that begins at or before it
DEV i64 from(const i64* a, i64 out, i64 at) { i64 l = 0, r = out; while (l < r) { const i64 m = (l + r) / 2; if (a[out + m] > at) r = m; else l = m + 1; } return l; }
DEV i64 to(const i64* a, i64 out, i64 at) { i64 l = 0, r = out; while (l < r) { const i64 m = (l + r) / 2; if (a[m] > at) r = m; else l = m + 1; } return l; }
// The same for windows of `reach` elements that begin `stride` apart; those of dilated windows that step over the input are among them.
DEV i64 low(const P& p, int d, const i64* a, i64 at) { const i64 s = p.stride[d], k = at + p.pad[d] - p.reach[d]; return s == 0 ? from(a, p.out[d], at) : k < 0 ? 0 : (i64)((I)k / (I)s) + 1; }
DEV i64 high(const P& p, int d, const i64* a, i64 at) { const i64 s = p.stride[d], k = (i64)((I)(at + p.pad[d]) / (I)(s ? s : 1)) + 1; return s == 0 ? to(a, p.out[d], at) : k < p.out[d] ? k : p.out[d]; }
// Calls f with the place of every output whose window may hold input q.
template<class F> DEV void holders(const P& p, const Place& q, F f)
{
    const i64 *ad = axis(p, 0), *ah = axis(p, 1), *aw = axis(p, 2);
    const i64 d1 = high(p, 0, ad, q.d), h1 = high(p, 1, ah, q.h), w1 = high(p, 2, aw, q.w), h0 = low(p, 1, ah, q.h), w0 = low(p, 2, aw, q.w);
    for (i64 z = low(p, 0, ad, q.d); z < d1; z++)
        for (i64 y = h0; y < h1; y++)
            for (i64 c = w0; c < w1; c++) f(z, y, c);
}
KERNEL(mean_adjoint)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    const Place q = place((I)i, p, p.in);
    L s[V];
    for (int j = 0; j < V; j++) s[j] = 0;
    const i64 *ad = axis(p, 0), *ah = axis(p, 1), *aw = axis(p, 2);
    holders(p, q, [&](i64 z, i64 y, i64 c) {
        const i64 count = p.divisor != 0 ? p.divisor : ad[2 * p.out[0] + z] * ah[2 * p.out[1] + y] * aw[2 * p.out[2] + c];
        const X v = *(const X*)(p.x.ptr<T>() + offset(p, p.out, q, z, y, c));
        #pragma unroll
        for (int j = 0; j < V; j++) s[j] += (L)(conv<L>(v.v[j]) / (L)count);
    });
    X w;
    for (int j = 0; j < V; j++) w.v[j] = conv<T>(s[j]);
    *(X*)(p.y.ptr<T>() + i * V) = w;
}
// gradients of the outputs whose maximum was found here
KERNEL(maximum_adjoint)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    const Place q = place((I)i, p, p.in);
    const i64 here = ((i64)q.d * p.in[1] + q.h) * p.in[2] + q.w;
    L s[V];
    for (int j = 0; j < V; j++) s[j] = 0;
    holders(p, q, [&](i64 z, i64 y, i64 c) {
        const i64 o = offset(p, p.out, q, z, y, c);
        const Vec<i64, V> at = *(const Vec<i64, V>*)(p.at.ptr<i64>() + o);
        const X v = *(const X*)(p.x.ptr<T>() + o);
        #pragma unroll
        for (int j = 0; j < V; j++) if (at.v[j] == here) s[j] += conv<L>(v.v[j]);
    });
    X w;
    for (int j = 0; j < V; j++) w.v[j] = conv<T>(s[j]);
    *(X*)(p.y.ptr<T>() + i * V) = w;
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
