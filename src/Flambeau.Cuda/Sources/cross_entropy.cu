// Cross entropy of rows of scores and classes: what a row loses and the logarithm of the sum of its exponentials; the gradient from those. A block a row. Before this text: long_rows.cu and what it needs.
struct P { i64 n, ignore; Slot x, target, loss, lse, y, bad; };
KERNEL_SYNC_OF(forward, TH)
{
    const T* x = p.x.ptr<T>() + (i64)blockIdx.x * p.n;
    const A lowest = (A)-inf64();
    A m = lowest, s = 0;
    each_vector(x, p.n, [&](i64 at, auto c)
    {
        const int count = c.value;
        A v[V], top = m;
        get(v, x + at, count);
        #pragma unroll
        for (int j = 0; j < count; j++) top = larger(top, v[j]);
        if (top == lowest) return;
        s *= Lane<A>::exp(m - top);
        m = top;
        #pragma unroll
        for (int j = 0; j < count; j++) s += Lane<A>::exp(v[j] - m);
    });
    const A all = across(m, true);
    s = across(m == lowest ? (A)0 : s * Lane<A>::exp(m - all), false);
    if (threadIdx.x > 0) return;
    const A total = all + Lane<A>::log(s);
    i64 c = p.target.ptr<i64>()[blockIdx.x];
    p.lse.ptr<A>()[blockIdx.x] = total;
    if (c == p.ignore) { p.loss.ptr<A>()[blockIdx.x] = 0; return; }
    if (c < 0 || c >= p.n) { *p.bad.ptr<i64>() = 1; c = 0; }
    p.loss.ptr<A>()[blockIdx.x] = total - conv<A>(x[c]);
}
KERNEL_SYNC_OF(backward, TH)
{
    const T* x = p.x.ptr<T>() + (i64)blockIdx.x * p.n;
    T* y = p.y.ptr<T>() + (i64)blockIdx.x * p.n;
    const i64 target = p.target.ptr<i64>()[blockIdx.x];
    const bool counts = target != p.ignore;
    const A lse = p.lse.ptr<A>()[blockIdx.x], g = counts ? p.loss.ptr<A>()[blockIdx.x] : (A)0;
    each_vector(x, p.n, [&](i64 at, auto c)
    {
        const int count = c.value;
        A v[V];
        if (counts) get(v, x + at, count);
        #pragma unroll
        for (int j = 0; j < count; j++) v[j] = counts ? g * (Lane<A>::exp(v[j] - lse) - (at + j == target ? (A)1 : (A)0)) : (A)0;
        put(y + at, v, count);
    });
}
