// Softmax and normalisation of rows that fit in the registers of their threads: memory is read once and written once.
// Before this text: T (elements), A (computed in), W (threads of a row: a warp, or a block of a power of two of warps), V (elements of an access), PER (accesses of a thread).
#define ROWS (W == 32 ? 4 : 1)
#define THREADS (W * ROWS)
#define COUNT (PER * V)
DEV A across(A v, bool largest)
{
    v = largest ? lanes_max<32>(v) : lanes_sum<32>(v);
#if W > 32
    SHARED(A, sh, 32);
    SYNC();
    if (threadIdx.x % 32 == 0) sh[threadIdx.x / 32] = v;
    SYNC();
    v = threadIdx.x % 32 < W / 32 ? sh[threadIdx.x % 32] : largest ? (A)-inf64() : (A)0;
    v = largest ? lanes_max<32>(v) : lanes_sum<32>(v);
#endif
    return v;
}
DEV i64 lane_first() { return (i64)(threadIdx.x % W) * V; }
// elements of a row; those beyond its end get a value
template<class E> DEV void take(A* to, const E* row, i64 n, A beyond)
{
    #pragma unroll
    for (int k = 0; k < PER; k++)
    {
        const i64 at = lane_first() + (i64)k * W * V;
        if (at < n)
        {
            const Vec<E, V> v = *(const Vec<E, V>*)(row + at);
            #pragma unroll
            for (int j = 0; j < V; j++) to[k * V + j] = conv<A>(v.v[j]);
        }
        else
            #pragma unroll
            for (int j = 0; j < V; j++) to[k * V + j] = beyond;
    }
}
DEV void give(T* row, const A* from, i64 n)
{
    #pragma unroll
    for (int k = 0; k < PER; k++)
    {
        const i64 at = lane_first() + (i64)k * W * V;
        if (at >= n) continue;
        Vec<T, V> v;
        #pragma unroll
        for (int j = 0; j < V; j++) v.v[j] = conv<T>(from[k * V + j]);
        *(Vec<T, V>*)(row + at) = v;
    }
}
#ifdef KIND
// KIND 0 softmax, 1 log-softmax, 2 softmax where rows of -inf give zeros
struct P { i64 rows, n; Slot x, o, y; };
DEV A power(A x) { return Lane<A>::exp(x); }
KERNEL_SYNC_OF(forward, THREADS)
{
    const i64 asked = (i64)blockIdx.x * ROWS + threadIdx.x / W, r = asked < p.rows ? asked : p.rows - 1;
    A x[COUNT], m = (A)-inf64(), s = 0;
    take(x, p.x.ptr<T>() + r * p.n, p.n, (A)-inf64());
    #pragma unroll
    for (int i = 0; i < COUNT; i++) m = Lane<A>::max(m, x[i]);
    m = across(m, true);
    const bool hopeless = KIND == 2 && m == (A)-inf64();
    if (hopeless) m = 0;
    #pragma unroll
    for (int i = 0; i < COUNT; i++)
    {
        // what stands for elements beyond the end adds nothing, also where the whole row is -inf
        const bool there = lane_first() + (i64)(i / V) * W * V < p.n;
        const A e = there ? power(x[i] - m) : (A)0;
        s += e;
        if (KIND != 1) x[i] = e;
    }
    s = across(s, false);
    if (hopeless) s = 1;
    const A f = KIND == 1 ? m + Lane<A>::log(s) : (A)1 / s;
    #pragma unroll
    for (int i = 0; i < COUNT; i++) x[i] = KIND == 1 ? x[i] - f : x[i] * f;
    if (asked < p.rows) give(p.y.ptr<T>() + r * p.n, x, p.n);
}
KERNEL_SYNC_OF(backward, THREADS)
{
    const i64 asked = (i64)blockIdx.x * ROWS + threadIdx.x / W, r = asked < p.rows ? asked : p.rows - 1;
    A g[COUNT], o[COUNT], s = 0;
    take(g, p.x.ptr<T>() + r * p.n, p.n, (A)0);
    take(o, p.o.ptr<T>() + r * p.n, p.n, (A)0);
    #pragma unroll
    for (int i = 0; i < COUNT; i++) s += KIND == 1 ? g[i] : g[i] * o[i];
    s = across(s, false);
    #pragma unroll
    for (int i = 0; i < COUNT; i++) g[i] = KIND == 1 ? g[i] - power(o[i]) * s : o[i] * (g[i] - s);
    if (asked < p.rows) give(p.y.ptr<T>() + r * p.n, g, p.n);
}
#else
// TW: dtype of weight and bias. A block takes rows blockIdx.x · ROWS, + gridDim.x · ROWS, …; its parts of the gradients of weight and bias go to dw and db, a line for each group of threads of a row.
struct P { i64 rows, n, centered, unused; f64 eps; i64 pad; Slot x, weight, bias, y, mean, rstd, dy, dx, dw, db; };
KERNEL_SYNC_OF(forward, THREADS)
{
    A x[COUNT], k[COUNT], b[COUNT], s = 0, q = 0;
    if (p.weight.a) take(k, p.weight.ptr<TW>(), p.n, (A)0);
    if (p.bias.a) take(b, p.bias.ptr<TW>(), p.n, (A)0);
    for (i64 first = (i64)blockIdx.x * ROWS; first < p.rows; first += (i64)gridDim.x * ROWS)
    {
        const i64 asked = first + threadIdx.x / W, r = asked < p.rows ? asked : p.rows - 1;
        take(x, p.x.ptr<T>() + r * p.n, p.n, (A)0);
        A m = 0;
        if (p.centered)
        {
            s = 0;
            #pragma unroll
            for (int i = 0; i < COUNT; i++) s += x[i];
            m = across(s, false) / (A)p.n;
        }
        q = 0;
        #pragma unroll
        for (int i = 0; i < COUNT; i++)
        {
            const A d = lane_first() + (i64)(i / V) * W * V < p.n ? x[i] - m : (A)0;
            q += d * d;
        }
        const A rstd = (A)1 / Lane<A>::sqrt(across(q, false) / (A)p.n + (A)p.eps);
        #pragma unroll
        for (int i = 0; i < COUNT; i++)
        {
            x[i] = (x[i] - m) * rstd;
            if (p.weight.a) x[i] *= k[i];
            if (p.bias.a) x[i] += b[i];
        }
        if (asked >= p.rows) continue;
        give(p.y.ptr<T>() + r * p.n, x, p.n);
        if (threadIdx.x % W == 0) { p.rstd.ptr<A>()[r] = rstd; if (p.centered) p.mean.ptr<A>()[r] = m; }
    }
}
KERNEL_SYNC_OF(backward, THREADS)
{
    A x[COUNT], g[COUNT], k[COUNT], dw[COUNT], db[COUNT];
    if (p.weight.a) take(k, p.weight.ptr<TW>(), p.n, (A)0);
    #pragma unroll
    for (int i = 0; i < COUNT; i++) { dw[i] = 0; db[i] = 0; }
    for (i64 first = (i64)blockIdx.x * ROWS; first < p.rows; first += (i64)gridDim.x * ROWS)
    {
        const i64 asked = first + threadIdx.x / W, r = asked < p.rows ? asked : p.rows - 1;
        const A inside = asked < p.rows ? 1 : 0, m = p.centered ? p.mean.ptr<A>()[r] : (A)0, rstd = p.rstd.ptr<A>()[r];
        take(x, p.x.ptr<T>() + r * p.n, p.n, m);
        take(g, p.dy.ptr<T>() + r * p.n, p.n, (A)0);
        A sum = 0, dot = 0;
        #pragma unroll
        for (int i = 0; i < COUNT; i++)
        {
            x[i] = (x[i] - m) * rstd;
            dw[i] += g[i] * x[i] * inside;
            db[i] += g[i] * inside;
            if (p.weight.a) g[i] *= k[i];
            sum += g[i];
            dot += g[i] * x[i];
        }
        sum = p.centered ? across(sum, false) / (A)p.n : (A)0;
        dot = across(dot, false) / (A)p.n;
        #pragma unroll
        for (int i = 0; i < COUNT; i++) g[i] = (g[i] - sum - x[i] * dot) * rstd;
        if (p.dx.a && asked < p.rows) give(p.dx.ptr<T>() + r * p.n, g, p.n);
    }
    const i64 line = ((i64)blockIdx.x * ROWS + threadIdx.x / W) * p.n;
    #pragma unroll
    for (int i = 0; i < COUNT; i++)
    {
        const i64 at = lane_first() + (i64)(i / V) * W * V + i % V;
        if (at >= p.n) continue;
        if (p.dw.a) p.dw.ptr<A>()[line + at] = dw[i];
        if (p.db.a) p.db.ptr<A>()[line + at] = db[i];
    }
}
#endif
