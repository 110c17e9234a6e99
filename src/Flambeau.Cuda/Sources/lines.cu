// Along an axis of row-major [outer, n, inner]: where the extreme element is, running totals.
struct P { i64 items, n, inner, count; Slot x, y, z; };
#ifdef ARG
KERNEL(arg)
{
    const i64 l = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (l >= p.items) return;
    const T* x = p.x.ptr<T>() + l / p.inner * p.n * p.inner + l % p.inner;
    L best = conv<L>(x[0]);
    i64 at = 0;
    for (i64 i = 1; i < p.n && best == best; i++)
    {
        const L v = conv<L>(x[i * p.inner]);
        if (v != v || (LARGEST ? v > best : v < best)) { best = v; at = i; }
    }
    p.y.ptr<i64>()[l] = at;
}
KERNEL_SYNC(arg_rows)
{
    SHARED(L, sh, 512);
    SHARED(i64, si, 512);
    const T* x = p.x.ptr<T>() + (i64)blockIdx.x * p.n;
    const int t = threadIdx.x, w = blockDim.x;
    i64 at = t < p.n ? t : p.n - 1;
    L best = conv<L>(x[at]);
    for (i64 i = t + w; i < p.n && best == best; i += w)
    {
        const L v = conv<L>(x[i]);
        if (v != v || (LARGEST ? v > best : v < best)) { best = v; at = i; }
    }
    sh[t] = best;
    si[t] = at;
    for (int h = w / 2; h > 0; h /= 2)
    {
        SYNC();
        if (t < h)
        {
            const L a = sh[t], b = sh[t + h];
            const bool an = a != a, bn = b != b;
            const bool take = an || bn ? (bn && (!an || si[t + h] < si[t])) : (LARGEST ? b > a : b < a) || (b == a && si[t + h] < si[t]);
            if (take) { sh[t] = b; si[t] = si[t + h]; }
        }
    }
    if (t == 0) p.y.ptr<i64>()[blockIdx.x] = si[0];
}
KERNEL(extremes)
{
    const i64 l = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (l >= p.items) return;
    const i64 first = l / p.inner * p.n * p.inner + l % p.inner;
    const T* x = p.x.ptr<T>() + first;
    L best = conv<L>(x[0]);
    i64 at = 0;
    for (i64 i = 0; i < p.n; i++)
    {
        const L v = conv<L>(x[i * p.inner]);
        if (v != v || (best == best && (LARGEST ? v >= best : v <= best))) { best = v; at = i; }
        p.y.ptr<i64>()[first + i * p.inner] = at;
    }
}
#endif
#ifdef SCAN
KERNEL(scan)
{
    const i64 l = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (l >= p.items) return;
    const i64 first = l / p.inner * p.n * p.inner + l % p.inner;
    const T* x = p.x.ptr<T>() + first;
    T* y = p.y.ptr<T>() + first;
    L acc = nothing();
    for (i64 k = 0; k < p.n; k++)
    {
        const i64 i = (REVERSE ? p.n - 1 - k : k) * p.inner;
        acc = scan_step(acc, conv<L>(x[i]));
        y[i] = conv<T>(acc);
    }
}
#endif
