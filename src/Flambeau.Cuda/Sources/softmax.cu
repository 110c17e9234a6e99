// Softmax and its gradient along an axis of [outer, n, inner]. Before this text: T (elements), A (computed in), V (elements in 16 bytes); KIND 0 softmax, 1 log-softmax, 2 where lines of -inf give zeros.
struct P { i64 lines, n, inner; Slot x, o, y; };
DEV A larger(A a, A b) { return Lane<A>::max(a, b); }
// a block of 1024 threads a line of neighbours: read once for maximum and sum (the sum follows the maximum), once more to write
template<int N> struct Count { static constexpr int value = N; };
template<class F> DEV void each_vector(const T* x, i64 n, F f)
{
    const i64 ahead = (i64)(16 - ((u64)x & 15)) % 16 / (i64)sizeof(T), head = ahead < n ? ahead : n, body = (n - head) / V, tail = head + body * V;
    for (i64 i = threadIdx.x; i < head; i += 1024) f(i, Count<1>());
    for (i64 i = threadIdx.x; i < body; i += 1024) f(head + i * V, Count<V>());
    for (i64 i = tail + threadIdx.x; i < n; i += 1024) f(i, Count<1>());
}
DEV A across(A v, bool largest)
{
    SHARED(A, sh, 32);
    v = largest ? lanes_max<32>(v) : lanes_sum<32>(v);
    SYNC();
    if (threadIdx.x % 32 == 0) sh[threadIdx.x / 32] = v;
    SYNC();
    v = sh[threadIdx.x % 32];
    return largest ? lanes_max<32>(v) : lanes_sum<32>(v);
}
DEV void get(A* to, const T* x, int count)
{
    if (count == 1) { to[0] = conv<A>(*x); return; }
    const Vec<T, V> v = *(const Vec<T, V>*)x;
    #pragma unroll
    for (int j = 0; j < V; j++) to[j] = conv<A>(v.v[j]);
}
DEV void put(T* y, const A* from, int count)
{
    if (count == 1) { *y = conv<T>(from[0]); return; }
    // the row that is read tells where vectors begin; one that is written elsewhere takes elements
    if (((u64)y & 15) != 0) { for (int j = 0; j < V; j++) y[j] = conv<T>(from[j]); return; }
    Vec<T, V> v;
    #pragma unroll
    for (int j = 0; j < V; j++) v.v[j] = conv<T>(from[j]);
    *(Vec<T, V>*)y = v;
}
KERNEL_SYNC_OF(forward_rows, 1024)
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
KERNEL_SYNC_OF(backward_rows, 1024)
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
