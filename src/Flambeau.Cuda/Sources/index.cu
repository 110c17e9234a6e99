// Reading and writing at positions that tensors hold. A position out of range is noted in `bad` and taken as 0, so that nothing outside is touched.
#ifdef OFFSETS
// element offsets of combinations of index values, one axis added at a time
struct P { i64 n, size, stride, add; Slot index, y, bad; };
KERNEL(offsets)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    i64 v = p.index.ptr<i64>()[i];
    if (v < -p.size || v >= p.size) { *p.bad.ptr<i64>() = 1; v = 0; }
    if (v < 0) v += p.size;
    i64* y = p.y.ptr<i64>() + i;
    *y = (p.add ? *y : 0) + v * p.stride;
}
#endif
#ifdef PICKED
// R axes of a result in row-major order; axis PICKED of them is the list of offsets
struct P { i64 n, picks; Slot x, y, offsets, order; i64 size[R], stride[R]; };
DEV i64 place(const P& p, i64 i, i64 pick)
{
    i64 at = 0;
    #pragma unroll
    for (int d = R - 1; d >= 0; d--)
    {
        if (d == PICKED && pick >= 0) { at += p.offsets.ptr<i64>()[pick]; continue; }
        const i64 q = i / p.size[d], c = i - q * p.size[d];
        at += d == PICKED ? p.offsets.ptr<i64>()[c] : c * p.stride[d];
        i = q;
    }
    return at;
}
KERNEL(read)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < p.n) p.y.ptr<T>()[i] = p.x.ptr<T>()[place(p, i, -1)];
}
#ifdef COMBINE
template<class V> DEV V combine(V a, V b) { return COMBINE == 0 ? b : COMBINE == 1 ? Lane<V>::add(a, b) : COMBINE == 2 ? Lane<V>::mul(a, b) : COMBINE == 3 ? Lane<V>::max(a, b) : Lane<V>::min(a, b); }
// a thread for each element off the list, which takes the list in order: repeated positions give the same bits each time
KERNEL(write)
{
    const i64 k = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (k >= p.n) return;
    i64 inner = 1;
    for (int d = PICKED + 1; d < R; d++) inner *= p.size[d];
    const i64 lead = k / inner, rest = k - lead * inner, from = lead * p.picks * inner + rest;
    i64 i = k, at = 0;
    #pragma unroll
    for (int d = R - 1; d >= 0; d--)
    {
        if (d == PICKED) continue;
        const i64 q = i / p.size[d];
        at += (i - q * p.size[d]) * p.stride[d];
        i = q;
    }
    T* y = p.y.ptr<T>() + at;
    const T* x = p.x.ptr<T>() + from;
    for (i64 j = 0; j < p.picks; j++)
    {
        T* to = y + p.offsets.ptr<i64>()[j];
        *to = conv<T>(combine(conv<L>(*to), conv<L>(x[j * inner])));
    }
}
// the same with the list in order and where each stood before: a block for each position in the list, of which the first of equal ones work
KERNEL(write_sorted)
{
    const i64 lines = (p.n + blockDim.x - 1) / blockDim.x, k = blockIdx.x / lines, line = blockIdx.x % lines * blockDim.x + threadIdx.x;
    const i64 *offset = p.offsets.ptr<i64>(), *order = p.order.ptr<i64>(), own = offset[k];
    if (line >= p.n || (k > 0 && offset[k - 1] == own)) return;
    i64 inner = 1;
    for (int d = PICKED + 1; d < R; d++) inner *= p.size[d];
    const i64 lead = line / inner, rest = line - lead * inner, from = lead * p.picks * inner + rest;
    i64 i = line, at = 0;
    #pragma unroll
    for (int d = R - 1; d >= 0; d--)
    {
        if (d == PICKED) continue;
        const i64 q = i / p.size[d];
        at += (i - q * p.size[d]) * p.stride[d];
        i = q;
    }
    T* to = p.y.ptr<T>() + at + own;
    const T* x = p.x.ptr<T>() + from;
    L acc = conv<L>(*to);
    for (i64 j = k; j < p.picks && offset[j] == own; j++) acc = combine(acc, conv<L>(x[order[j] * inner]));
    *to = conv<T>(acc);
}
#endif
#endif
#ifdef ALONG
// R axes of the index, row-major; positions along one of them
struct P { i64 n, size, step, k; Slot x, y, index, bad; i64 sizes[R], stride[R], other[R]; };
DEV i64 checked(const P& p, i64 v)
{
    if (v >= 0 && v < p.size) return v;
    *p.bad.ptr<i64>() = 1;
    return 0;
}
KERNEL(gather)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    i64 at = checked(p, p.index.ptr<i64>()[i]) * p.step, r = i;
    #pragma unroll
    for (int d = R - 1; d >= 0; d--) { const i64 q = r / p.sizes[d]; at += (r - q * p.sizes[d]) * p.stride[d]; r = q; }
    p.y.ptr<T>()[i] = p.x.ptr<T>()[at];
}
#ifdef COMBINE
template<class V> DEV V combine(V a, V b) { return COMBINE == 0 ? b : COMBINE == 1 ? Lane<V>::add(a, b) : COMBINE == 2 ? Lane<V>::mul(a, b) : COMBINE == 3 ? Lane<V>::max(a, b) : Lane<V>::min(a, b); }
// a thread for each line of the index; the stride of the axis itself is in sizes of 1
KERNEL(scatter)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    i64 to = 0, from = 0, at = 0, r = i, step = 1;
    i64 along = 1, from_step = 0;
    #pragma unroll
    for (int d = R - 1; d >= 0; d--)
    {
        if (d == ALONG) { along = step; from_step = p.other[d]; step *= p.k; continue; }
        const i64 q = r / p.sizes[d], c = r - q * p.sizes[d];
        to += c * p.stride[d];
        from += c * p.other[d];
        at += c * step;
        step *= p.sizes[d];
        r = q;
    }
    T* y = p.y.ptr<T>() + to;
    const T* x = p.x.ptr<T>() + from;
    for (i64 j = 0; j < p.k; j++)
    {
        T* w = y + checked(p, p.index.ptr<i64>()[at + j * along]) * p.step;
        *w = conv<T>(combine(conv<L>(*w), conv<L>(x[j * from_step])));
    }
}
#endif
#endif
#ifdef NONZERO
struct P { i64 n, rank; Slot x, y, counts; i64 size[R]; };
KERNEL_SYNC(count)
{
    SHARED(i64, sh, 256);
    const i64 i = (i64)blockIdx.x * 256 + threadIdx.x;
    const int t = threadIdx.x;
    sh[t] = i < p.n && p.x.ptr<u8>()[i] != 0;
    for (int h = 128; h > 0; h /= 2) { SYNC(); if (t < h) sh[t] += sh[t + h]; }
    if (t == 0) p.counts.ptr<i64>()[blockIdx.x] = sh[0];
}
// counts holds where each block's elements begin
KERNEL_SYNC(fill)
{
    SHARED(u8, sh, 256);
    const i64 i = (i64)blockIdx.x * 256 + threadIdx.x;
    const int t = threadIdx.x;
    sh[t] = i < p.n && p.x.ptr<u8>()[i] != 0;
    SYNC();
    if (!sh[t]) return;
    i64 at = p.counts.ptr<i64>()[blockIdx.x], r = i;
    for (int k = 0; k < t; k++) at += sh[k];
    for (int d = (int)p.rank - 1; d >= 0; d--) { const i64 q = r / p.size[d]; p.y.ptr<i64>()[at * p.rank + d] = r - q * p.size[d]; r = q; }
}
#endif
#ifdef TRIANGLE
struct P { i64 n, rows, columns, diagonal; Slot y; };
KERNEL(triangle)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    const i64 c = i % p.columns, r = i / p.columns % p.rows;
    if (LOWER ? c - r > p.diagonal : c - r < p.diagonal) { T zero = conv<T>((i64)0); p.y.ptr<T>()[i] = zero; }
}
#endif
#ifdef NLL
struct P { i64 n, inner, classes, ignore; Slot full, picked, target, weight, bad; };
KERNEL(nll)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    i64 c = p.target.ptr<i64>()[i];
    if (c == p.ignore) { if (!SPREAD) p.picked.ptr<T>()[i] = conv<T>((A)0); return; }
    if (c < 0 || c >= p.classes) { *p.bad.ptr<i64>() = 1; c = 0; }
    const A s = p.weight.a ? -p.weight.ptr<A>()[c] : (A)-1;
    T* f = p.full.ptr<T>() + (i / p.inner * p.classes + c) * p.inner + i % p.inner;
    if (SPREAD) *f = conv<T>(s * conv<A>(p.picked.ptr<T>()[i]));
    else p.picked.ptr<T>()[i] = conv<T>(s * conv<A>(*f));
}
#endif
