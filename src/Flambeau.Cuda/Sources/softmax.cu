// Softmax and its gradient along an axis of [outer, n, inner]. Before this text: long_rows.cu and what it needs; KIND 0 softmax, 1 log-softmax, 2 where lines of -inf give zeros.
struct P { i64 lines, n, inner; Slot x, o, y; };
// a block a line of neighbours: read once for maximum and sum (the sum follows the maximum), once more to write
KERNEL_SYNC_OF(forward_rows, TH)
{
    const T* x = p.x.ptr<T>() + (i64)blockIdx.x * p.n;
    T* y = p.y.ptr<T>() + (i64)blockIdx.x * p.n;
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
    A all = across(m, true);
    const bool hopeless = KIND == 2 && all == lowest;
    s = across(m == lowest ? (A)0 : s * Lane<A>::exp(m - all), false);
    if (hopeless) { all = 0; s = 1; }
    const A f = KIND == 1 ? all + Lane<A>::log(s) : (A)1 / s;
    each_vector(x, p.n, [&](i64 at, auto c)
    {
        const int count = c.value;
        A v[V];
        get(v, x + at, count);
        #pragma unroll
        for (int j = 0; j < count; j++) v[j] = KIND == 1 ? v[j] - f : Lane<A>::exp(v[j] - all) * f;
        put(y + at, v, count);
    });
}
KERNEL_SYNC_OF(backward_rows, TH)
{
    const T *g = p.x.ptr<T>() + (i64)blockIdx.x * p.n, *o = p.o.ptr<T>() + (i64)blockIdx.x * p.n;
    T* y = p.y.ptr<T>() + (i64)blockIdx.x * p.n;
    const bool alike = ((u64)g & 15) == ((u64)o & 15);
    A s = 0;
    auto both = [&](A* v, A* w, i64 at, int count)
    {
        get(v, g + at, count);
        if (alike || count == 1) get(w, o + at, count);
        else for (int j = 0; j < count; j++) w[j] = conv<A>(o[at + j]);
    };
    each_vector(g, p.n, [&](i64 at, auto c)
    {
        const int count = c.value;
        A v[V], w[V];
        both(v, w, at, count);
        #pragma unroll
        for (int j = 0; j < count; j++) s += KIND == 1 ? v[j] : v[j] * w[j];
    });
    s = across(s, false);
    each_vector(g, p.n, [&](i64 at, auto c)
    {
        const int count = c.value;
        A v[V], w[V];
        both(v, w, at, count);
        #pragma unroll
        for (int j = 0; j < count; j++) v[j] = KIND == 1 ? v[j] - Lane<A>::exp(w[j]) * s : w[j] * (v[j] - s);
        put(y + at, v, count);
    });
}
// a thread a line
KERNEL(forward_lines)
{
    const i64 l = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (l >= p.lines) return;
    const i64 at = l / p.inner * p.n * p.inner + l % p.inner;
    const T* x = p.x.ptr<T>() + at;
    T* y = p.y.ptr<T>() + at;
    A m = (A)-inf64(), s = 0;
    for (i64 i = 0; i < p.n; i++) m = larger(m, conv<A>(x[i * p.inner]));
    const bool hopeless = KIND == 2 && m == (A)-inf64();
    if (hopeless) m = 0;
    for (i64 i = 0; i < p.n; i++) s += Lane<A>::exp(conv<A>(x[i * p.inner]) - m);
    if (hopeless) s = 1;
    const A c = KIND == 1 ? Lane<A>::log(s) : (A)1 / s;
    for (i64 i = 0; i < p.n; i++) y[i * p.inner] = conv<T>(KIND == 1 ? conv<A>(x[i * p.inner]) - m - c : Lane<A>::exp(conv<A>(x[i * p.inner]) - m) * c);
}
KERNEL(backward_lines)
{
    const i64 l = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (l >= p.lines) return;
    const i64 at = l / p.inner * p.n * p.inner + l % p.inner;
    const T *g = p.x.ptr<T>() + at, *o = p.o.ptr<T>() + at;
    T* y = p.y.ptr<T>() + at;
    A s = 0;
    for (i64 i = 0; i < p.n; i++) { const A v = conv<A>(g[i * p.inner]); s += KIND == 1 ? v : v * conv<A>(o[i * p.inner]); }
    for (i64 i = 0; i < p.n; i++)
    {
        const A v = conv<A>(g[i * p.inner]), w = conv<A>(o[i * p.inner]);
        y[i * p.inner] = conv<T>(KIND == 1 ? v - Lane<A>::exp(w) * s : w * (v - s));
    }
}
