// Normalisation of the channels of [N, C, S], row-major or with the channels innermost (LAST), V elements a load.
// Before this text: T (elements), L (lanes), W (weight, bias and their gradients), R (running statistics), V, LAST, and TX (vectors of channels of a block, where LAST).
#define THREADS 256
#undef BOUND
#define BOUND THREADS
struct P { i64 n, c, s, strips, chunk, cuts; f64 eps, momentum; Slot x, dy, y, mean, spread, variance, weight, bias, parts, sums, dw, db; };
#if LAST
#define WIDE V
#define TY (THREADS / TX)
#else
#define WIDE 1
#endif
// Calls f with the places of vectors of this block's strip, four or one at a time; with LAST they belong to V channels, else to one.
template<class F> DEV void visit(const P& p, i64 channel, F f)
{
#if LAST
    if (channel >= p.c) return;
    const i64 first = (i64)blockIdx.y * p.chunk, rows = p.n * p.s, end = first + p.chunk < rows ? first + p.chunk : rows;
    i64 r = first + threadIdx.x / TX;
    for (; r + 3 * TY < end; r += 4 * TY)
    {
        const i64 at[4] = { r * p.c + channel, (r + TY) * p.c + channel, (r + 2 * TY) * p.c + channel, (r + 3 * TY) * p.c + channel };
        f(at);
    }
    for (; r < end; r += TY) { const i64 at[1] = { r * p.c + channel }; f(at); }
#else
    // blocks divide the images, and each image's elements in `cuts` parts; as many threads as a part has vectors go along it, the others take further images
    const i64 image = (i64)(blockIdx.y / p.cuts), cut = (i64)(blockIdx.y % p.cuts), part = ((p.s / V + p.cuts - 1) / p.cuts) * V, s0 = cut * part, s1 = s0 + part < p.s ? s0 + part : p.s;
    int along = 32;
    while (along < THREADS && (i64)along * V < part) along *= 2;
    const int across = THREADS / along, ty = threadIdx.x / along, tx = threadIdx.x % along;
    const i64 n1 = (image + 1) * p.chunk < p.n ? (image + 1) * p.chunk : p.n, step = (i64)along * V;
    for (i64 n = image * p.chunk + ty; n < n1; n += across)
    {
        const i64 base = (n * p.c + channel) * p.s;
        i64 s = s0 + (i64)tx * V;
        for (; s + 3 * step < s1; s += 4 * step) { const i64 at[4] = { base + s, base + s + step, base + s + 2 * step, base + s + 3 * step }; f(at); }
        for (; s < s1; s += step) { const i64 at[1] = { base + s }; f(at); }
    }
#endif
}
DEV i64 first_channel()
{
#if LAST
    return ((i64)blockIdx.x * TX + threadIdx.x % TX) * V;
#else
    return blockIdx.x;
#endif
}
// Adds two sums for each channel over the block and writes them to the strip's row of `parts`.
DEV void share(const P& p, i64 channel, const L* a, const L* b, L* sh)
{
    const int t = threadIdx.x;
#if LAST
    const int tx = t % TX, ty = t / TX;
    for (int q = 0; q < 2; q++)
    {
        SYNC();
        for (int j = 0; j < V; j++) sh[j * THREADS + t] = q ? b[j] : a[j];
        for (int h = TY / 2; h > 0; h /= 2)
        {
            SYNC();
            if (ty < h) for (int j = 0; j < V; j++) sh[j * THREADS + t] += sh[j * THREADS + t + h * TX];
        }
        if (ty == 0 && channel < p.c) for (int j = 0; j < V; j++) p.parts.ptr<L>()[((i64)blockIdx.y * 2 + q) * p.c + channel + j] = sh[j * THREADS + tx];
    }
#else
    for (int q = 0; q < 2; q++)
    {
        SYNC();
        sh[t] = q ? b[0] : a[0];
        for (int h = THREADS / 2; h > 0; h /= 2) { SYNC(); if (t < h) sh[t] += sh[t + h]; }
        if (t == 0) p.parts.ptr<L>()[((i64)blockIdx.y * 2 + q) * p.c + channel] = sh[0];
    }
#endif
}
template<class E> DEV L at_or(const Slot& s, i64 i, L missing) { return s.a ? conv<L>(s.ptr<E>()[i]) : missing; }
DEV i64 pivot_place(const P& p, i64 c) { return LAST ? c : c * p.s; }
// Sums of x and x² less each channel's first element, which keeps large means from cancelling.
KERNEL_SYNC(statistics)
{
    SHARED(L, sh, THREADS * WIDE);
    const i64 c = first_channel();
    L k[WIDE], a[WIDE], b[WIDE];
    for (int j = 0; j < WIDE; j++) { k[j] = c + j < p.c ? conv<L>(p.x.ptr<T>()[pivot_place(p, c + j)]) : (L)0; a[j] = 0; b[j] = 0; }
    const T* x = p.x.ptr<T>();
    visit(p, c, [&](const auto& at) {
        constexpr int N = sizeof(at) / sizeof(i64);
        Vec<T, V> v[N];
        #pragma unroll
        for (int i = 0; i < N; i++) v[i] = *(const Vec<T, V>*)(x + at[i]);
        #pragma unroll
        for (int i = 0; i < N; i++)
        {
            #pragma unroll
            for (int j = 0; j < V; j++) { const L d = conv<L>(v[i].v[j]) - k[LAST ? j : 0]; a[LAST ? j : 0] += d; b[LAST ? j : 0] += d * d; }
        }
    });
    share(p, c, a, b, sh);
}
// 8 channels a block, 32 threads for each
#define FEW 8
DEV bool gather(const P& p, L* sh, i64* channel, f64* a, f64* b)
{
    const int tx = threadIdx.x % FEW, ty = threadIdx.x / FEW;
    const i64 c = (i64)blockIdx.x * FEW + tx, step = 2 * p.c * (THREADS / FEW);
    L s = 0, q = 0;
    if (c < p.c)
    {
        const L* at = p.parts.ptr<L>() + ty * 2 * p.c + c;
        #pragma unroll 8
        for (i64 i = ty; i < p.strips; i += THREADS / FEW, at += step) { s += at[0]; q += at[p.c]; }
    }
    sh[threadIdx.x] = s;
    sh[THREADS + threadIdx.x] = q;
    for (int h = THREADS / FEW / 2; h > 0; h /= 2) { SYNC(); if (ty < h) { sh[threadIdx.x] += sh[threadIdx.x + h * FEW]; sh[THREADS + threadIdx.x] += sh[THREADS + threadIdx.x + h * FEW]; } }
    *channel = c; *a = sh[tx]; *b = sh[THREADS + tx];
    return ty == 0 && c < p.c;
}
KERNEL_SYNC(finish_statistics)
{
    SHARED(L, sh, THREADS * 2);
    i64 c; f64 s, q;
    if (!gather(p, sh, &c, &s, &q)) return;
    const f64 m = (f64)(p.n * p.s), d = s / m, v = q / m - d * d, var = v < 0 ? 0 : v;
    p.mean.ptr<L>()[c] = (L)((f64)conv<L>(p.x.ptr<T>()[pivot_place(p, c)]) + d);
    p.variance.ptr<L>()[c] = (L)var;
    p.spread.ptr<L>()[c] = (L)(1 / ::sqrt(var + p.eps));
}
// y = (x - mean) · spread · weight + bias, with what of it is given; where a variance is given, spread is made of it. y may be x.
KERNEL(apply)
{
    const i64 c = first_channel();
    L m[WIDE], k[WIDE], b[WIDE];
    for (int j = 0; j < WIDE; j++)
    {
        const i64 i = c + j < p.c ? c + j : p.c - 1;
        m[j] = p.variance.a ? at_or<R>(p.mean, i, 0) : at_or<L>(p.mean, i, 0);
        k[j] = (p.variance.a ? (L)(1 / Lane<L>::sqrt(at_or<R>(p.variance, i, 1) + (L)p.eps)) : at_or<L>(p.spread, i, 1)) * at_or<W>(p.weight, i, 1);
        b[j] = at_or<W>(p.bias, i, 0);
    }
    const T* x = p.x.ptr<T>();
    T* y = p.y.ptr<T>();
    visit(p, c, [&](const auto& at) {
        constexpr int N = sizeof(at) / sizeof(i64);
        Vec<T, V> v[N];
        #pragma unroll
        for (int i = 0; i < N; i++) v[i] = *(const Vec<T, V>*)(x + at[i]);
        #pragma unroll
        for (int i = 0; i < N; i++)
        {
            #pragma unroll
            for (int j = 0; j < V; j++) v[i].v[j] = conv<T>((L)((conv<L>(v[i].v[j]) - m[LAST ? j : 0]) * k[LAST ? j : 0] + b[LAST ? j : 0]));
            *(Vec<T, V>*)(y + at[i]) = v[i];
        }
    });
}
// Sums of dy and dy · (x - mean).
KERNEL_SYNC(gradient_sums)
{
    SHARED(L, sh, THREADS * WIDE);
    const i64 c = first_channel();
    L m[WIDE], a[WIDE], b[WIDE];
    for (int j = 0; j < WIDE; j++) { m[j] = c + j < p.c ? p.mean.ptr<L>()[c + j] : (L)0; a[j] = 0; b[j] = 0; }
    const T *x = p.x.ptr<T>(), *dy = p.dy.ptr<T>();
    visit(p, c, [&](const auto& at) {
        constexpr int N = sizeof(at) / sizeof(i64);
        Vec<T, V> v[N], g[N];
        #pragma unroll
        for (int i = 0; i < N; i++) { v[i] = *(const Vec<T, V>*)(x + at[i]); g[i] = *(const Vec<T, V>*)(dy + at[i]); }
        #pragma unroll
        for (int i = 0; i < N; i++)
        {
            #pragma unroll
            for (int j = 0; j < V; j++) { const L d = conv<L>(g[i].v[j]); a[LAST ? j : 0] += d; b[LAST ? j : 0] += d * (conv<L>(v[i].v[j]) - m[LAST ? j : 0]); }
        }
    });
    share(p, c, a, b, sh);
}
KERNEL_SYNC(finish_sums)
{
    SHARED(L, sh, THREADS * 2);
    i64 c; f64 s, q;
    if (!gather(p, sh, &c, &s, &q)) return;
    p.sums.ptr<L>()[c] = (L)s;
    p.sums.ptr<L>()[p.c + c] = (L)q;
    if (p.dw.a) p.dw.ptr<W>()[c] = conv<W>((L)(q * p.spread.ptr<L>()[c]));
    if (p.db.a) p.db.ptr<W>()[c] = conv<W>((L)s);
}
KERNEL(gradient)
{
    const i64 c = first_channel();
    const L count = (L)(p.n * p.s);
    L m[WIDE], k[WIDE], a[WIDE], b[WIDE];
    for (int j = 0; j < WIDE; j++)
    {
        const i64 i = c + j < p.c ? c + j : p.c - 1;
        const L r = p.spread.ptr<L>()[i];
        m[j] = p.mean.ptr<L>()[i];
        k[j] = r * at_or<W>(p.weight, i, 1);
        a[j] = -k[j] * r * r * p.sums.ptr<L>()[p.c + i] / count;
        b[j] = -k[j] * p.sums.ptr<L>()[i] / count;
    }
    const T *x = p.x.ptr<T>(), *dy = p.dy.ptr<T>();
    T* dx = p.y.ptr<T>();
    visit(p, c, [&](const auto& at) {
        constexpr int N = sizeof(at) / sizeof(i64);
        Vec<T, V> v[N], g[N];
        #pragma unroll
        for (int i = 0; i < N; i++) { v[i] = *(const Vec<T, V>*)(x + at[i]); g[i] = *(const Vec<T, V>*)(dy + at[i]); }
        #pragma unroll
        for (int i = 0; i < N; i++)
        {
            #pragma unroll
            for (int j = 0; j < V; j++)
            {
                const int q = LAST ? j : 0;
                v[i].v[j] = conv<T>((L)(conv<L>(g[i].v[j]) * k[q] + (conv<L>(v[i].v[j]) - m[q]) * a[q] + b[q]));
            }
            *(Vec<T, V>*)(dx + at[i]) = v[i];
        }
    });
}
// running = running + momentum · (batch - running), the variance as the unbiased estimate
KERNEL(running)
{
    const i64 c = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (c >= p.c) return;
    const L k = (L)p.momentum, count = (L)(p.n * p.s);
    R *m = p.x.ptr<R>(), *v = p.y.ptr<R>();
    if (m) m[c] = conv<R>((L)(conv<L>(m[c]) * (1 - k) + p.mean.ptr<L>()[c] * k));
    if (v) v[c] = conv<R>((L)(conv<L>(v[c]) * (1 - k) + p.variance.ptr<L>()[c] * (k * count / (count - 1))));
}
