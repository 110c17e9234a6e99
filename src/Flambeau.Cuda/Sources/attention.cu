// Attention for heads [N, heads, rows, width] of any dtype, block by block, as in attention_mma.cu but by plain arithmetic. 256 threads in a square of 16.
// Before this text: T, A (computed in), D (width, up to a multiple of 16 with zeros behind), SIDE (rows and keys at a time, a multiple of 16), MASK.
struct P
{
    i64 tiles, pairs, heads, rows, keys, width, vwidth, causal; f64 scale; i64 unused;
    i64 qs[3], ks[3], vs[3], ms[4], ys[3], gs[3], dqs[3], dks[3], dvs[3];
    Slot q, k, v, mask, y, lse, dy, delta, dq, dk, dv;
};
#define M (SIDE / 16)
#define STEP (D + 1)
DEV void fetch(A* to, const T* from, i64 step, i64 first, i64 rows, i64 width)
{
    for (int i = threadIdx.x; i < SIDE * D; i += 256)
    {
        const int r = i / D, c = i % D;
        to[r * STEP + c] = first + r < rows && c < width ? conv<A>(from[(first + r) * step + c]) : (A)0;
    }
}
// s[i][j] = row y + 16 i of a · row x + 16 j of b
DEV void product(A (*s)[M], const A* a, const A* b)
{
    const int x = threadIdx.x % 16, y = threadIdx.x / 16;
    #pragma unroll
    for (int i = 0; i < M; i++)
        #pragma unroll
        for (int j = 0; j < M; j++) s[i][j] = 0;
    #pragma unroll 4
    for (int c = 0; c < D; c++)
    {
        A u[M], v[M];
        #pragma unroll
        for (int i = 0; i < M; i++) { u[i] = a[(y + 16 * i) * STEP + c]; v[i] = b[(x + 16 * i) * STEP + c]; }
        #pragma unroll
        for (int i = 0; i < M; i++)
            #pragma unroll
            for (int j = 0; j < M; j++) s[i][j] += u[i] * v[j];
    }
}
// o[i][c] += row y + 16 i of p · column x + 16 c of b
DEV void accumulate(A (*o)[D / 16], const A* p, const A* b)
{
    const int x = threadIdx.x % 16, y = threadIdx.x / 16;
    for (int j = 0; j < SIDE; j++)
    {
        A u[M];
        #pragma unroll
        for (int i = 0; i < M; i++) u[i] = p[(y + 16 * i) * (SIDE + 1) + j];
        #pragma unroll
        for (int c = 0; c < D / 16; c++)
        {
            const A v = b[j * STEP + x + 16 * c];
            #pragma unroll
            for (int i = 0; i < M; i++) o[i][c] += u[i] * v;
        }
    }
}
DEV void store(T* to, i64 step, i64 first, i64 rows, i64 width, A (*o)[D / 16], const A* scale)
{
    const int x = threadIdx.x % 16, y = threadIdx.x / 16;
    #pragma unroll
    for (int i = 0; i < M; i++)
        #pragma unroll
        for (int c = 0; c < D / 16; c++)
            if (first + y + 16 * i < rows && x + 16 * c < width) to[(first + y + 16 * i) * step + x + 16 * c] = conv<T>(o[i][c] * scale[i]);
}
DEV i64 head(const i64* s, i64 b, i64 h) { return b * s[0] + h * s[1]; }
DEV A score(const P& p, A s, i64 row, i64 key, const T* mask)
{
    if (key >= p.keys || row >= p.rows || (p.causal && key > row)) return (A)-inf64();
    return MASK ? s * (A)p.scale + conv<A>(mask[row * p.ms[2] + key * p.ms[3]]) : s * (A)p.scale;
}
DEV void clear(A (*o)[D / 16])
{
    #pragma unroll
    for (int i = 0; i < M; i++)
        #pragma unroll
        for (int c = 0; c < D / 16; c++) o[i][c] = 0;
}
KERNEL_SYNC_OF(forward, 256)
{
    DYNAMIC(A, sh);
    A *sq = sh, *sk = sq + SIDE * STEP, *sv = sk + SIDE * STEP, *sp = sv + SIDE * STEP;
    const int x = threadIdx.x % 16, y = threadIdx.x / 16;
    const i64 q0 = (p.tiles - 1 - blockIdx.x / p.pairs) * SIDE, pair = blockIdx.x % p.pairs, b = pair / p.heads, h = pair % p.heads;
    const T *k = p.k.ptr<T>() + head(p.ks, b, h), *v = p.v.ptr<T>() + head(p.vs, b, h), *mask = MASK ? p.mask.ptr<T>() + head(p.ms, b, h) : 0;
    const A lowest = (A)-inf64();
    fetch(sq, p.q.ptr<T>() + head(p.qs, b, h), p.qs[2], q0, p.rows, p.width);
    A o[M][D / 16], s[M][M], m[M], sum[M];
    clear(o);
    #pragma unroll
    for (int i = 0; i < M; i++) { m[i] = lowest; sum[i] = 0; }
    for (i64 k0 = 0; k0 < (p.causal && q0 + SIDE < p.keys ? q0 + SIDE : p.keys); k0 += SIDE)
    {
        SYNC();
        fetch(sk, k, p.ks[2], k0, p.keys, p.width);
        fetch(sv, v, p.vs[2], k0, p.keys, p.vwidth);
        SYNC();
        product(s, sq, sk);
        #pragma unroll
        for (int i = 0; i < M; i++)
        {
            A top = m[i], less, part = 0;
            #pragma unroll
            for (int j = 0; j < M; j++)
            {
                s[i][j] = score(p, s[i][j], q0 + y + 16 * i, k0 + x + 16 * j, mask);
                top = s[i][j] > top ? s[i][j] : top;
            }
            top = lanes_max<16>(top);
            less = top == lowest ? (A)0 : top;
            const A fix = Lane<A>::exp(m[i] - less);
            m[i] = top;
            #pragma unroll
            for (int j = 0; j < M; j++)
            {
                s[i][j] = Lane<A>::exp(s[i][j] - less);
                part += s[i][j];
                sp[(y + 16 * i) * (SIDE + 1) + x + 16 * j] = s[i][j];
            }
            sum[i] = sum[i] * fix + part;
            #pragma unroll
            for (int c = 0; c < D / 16; c++) o[i][c] *= fix;
        }
        SYNC();
        accumulate(o, sp, sv);
    }
    A part[M];
    #pragma unroll
    for (int i = 0; i < M; i++)
    {
        sum[i] = lanes_sum<16>(sum[i]);
        part[i] = sum[i] == 0 ? (A)0 : (A)1 / sum[i];
        if (x == 0 && q0 + y + 16 * i < p.rows) p.lse.ptr<A>()[pair * p.rows + q0 + y + 16 * i] = sum[i] == 0 ? lowest : m[i] + Lane<A>::log(sum[i]);
    }
    store(p.y.ptr<T>() + head(p.ys, b, h), p.ys[2], q0, p.rows, p.vwidth, o, part);
}
// sums of products of result and gradient, a warp a row
KERNEL_SYNC_OF(dots, 128)
{
    const int l = threadIdx.x % 32;
    const i64 r = (i64)blockIdx.x * 4 + threadIdx.x / 32, pair = r / p.rows, b = pair / p.heads, h = pair % p.heads;
    const bool inside = r < p.pairs * p.rows;
    A s = 0;
    if (inside)
    {
        const T *y = p.y.ptr<T>() + head(p.ys, b, h) + r % p.rows * p.ys[2], *g = p.dy.ptr<T>() + head(p.gs, b, h) + r % p.rows * p.gs[2];
        for (int c = l; c < p.vwidth; c += 32) s += conv<A>(y[c]) * conv<A>(g[c]);
    }
    s = lanes_sum<32>(s);
    if (inside && l == 0) p.delta.ptr<A>()[r] = s;
}
// probabilities and the gradients of scores; `turned` has keys as rows
DEV void weigh(const P& p, A (*s)[M], A (*d)[M], i64 row0, i64 key0, bool turned, i64 pair, const T* mask)
{
    const int x = threadIdx.x % 16, y = threadIdx.x / 16;
    #pragma unroll
    for (int i = 0; i < M; i++)
        #pragma unroll
        for (int j = 0; j < M; j++)
        {
            const i64 row = row0 + (turned ? x + 16 * j : y + 16 * i), key = key0 + (turned ? y + 16 * i : x + 16 * j);
            const bool there = row < p.rows;
            const A lse = there ? p.lse.ptr<A>()[pair * p.rows + row] : (A)0, v = score(p, s[i][j], row, key, mask);
            s[i][j] = v == (A)-inf64() ? (A)0 : Lane<A>::exp(v - lse);
            d[i][j] = s[i][j] * (d[i][j] - (there ? p.delta.ptr<A>()[pair * p.rows + row] : (A)0));
        }
}
DEV void keep(A* to, A (*s)[M])
{
    #pragma unroll
    for (int i = 0; i < M; i++)
        #pragma unroll
        for (int j = 0; j < M; j++) to[(threadIdx.x / 16 + 16 * i) * (SIDE + 1) + threadIdx.x % 16 + 16 * j] = s[i][j];
}
KERNEL_SYNC_OF(gradient_keys, 256)
{
    DYNAMIC(A, sh);
    A *sk = sh, *sv = sk + SIDE * STEP, *sq = sv + SIDE * STEP, *sg = sq + SIDE * STEP, *sp = sg + SIDE * STEP, *sd = sp + SIDE * (SIDE + 1);
    const i64 k0 = blockIdx.x / p.pairs * SIDE, pair = blockIdx.x % p.pairs, b = pair / p.heads, h = pair % p.heads;
    const T *q = p.q.ptr<T>() + head(p.qs, b, h), *g = p.dy.ptr<T>() + head(p.gs, b, h), *mask = MASK ? p.mask.ptr<T>() + head(p.ms, b, h) : 0;
    fetch(sk, p.k.ptr<T>() + head(p.ks, b, h), p.ks[2], k0, p.keys, p.width);
    fetch(sv, p.v.ptr<T>() + head(p.vs, b, h), p.vs[2], k0, p.keys, p.vwidth);
    A dk[M][D / 16], dv[M][D / 16], s[M][M], d[M][M], scale[M], one[M];
    clear(dk);
    clear(dv);
    for (i64 q0 = p.causal ? k0 : 0; q0 < p.rows; q0 += SIDE)
    {
        SYNC();
        fetch(sq, q, p.qs[2], q0, p.rows, p.width);
        fetch(sg, g, p.gs[2], q0, p.rows, p.vwidth);
        SYNC();
        product(s, sk, sq);
        product(d, sv, sg);
        weigh(p, s, d, q0, k0, true, pair, mask);
        keep(sp, s);
        keep(sd, d);
        SYNC();
        accumulate(dv, sp, sg);
        accumulate(dk, sd, sq);
    }
    #pragma unroll
    for (int i = 0; i < M; i++) { scale[i] = (A)p.scale; one[i] = 1; }
    store(p.dk.ptr<T>() + head(p.dks, b, h), p.dks[2], k0, p.keys, p.width, dk, scale);
    store(p.dv.ptr<T>() + head(p.dvs, b, h), p.dvs[2], k0, p.keys, p.vwidth, dv, one);
}
KERNEL_SYNC_OF(gradient_queries, 256)
{
    DYNAMIC(A, sh);
    A *sq = sh, *sg = sq + SIDE * STEP, *sk = sg + SIDE * STEP, *sv = sk + SIDE * STEP, *sd = sv + SIDE * STEP;
    const i64 q0 = (p.tiles - 1 - blockIdx.x / p.pairs) * SIDE, pair = blockIdx.x % p.pairs, b = pair / p.heads, h = pair % p.heads;
    const T *k = p.k.ptr<T>() + head(p.ks, b, h), *v = p.v.ptr<T>() + head(p.vs, b, h), *mask = MASK ? p.mask.ptr<T>() + head(p.ms, b, h) : 0;
    fetch(sq, p.q.ptr<T>() + head(p.qs, b, h), p.qs[2], q0, p.rows, p.width);
    fetch(sg, p.dy.ptr<T>() + head(p.gs, b, h), p.gs[2], q0, p.rows, p.vwidth);
    A dq[M][D / 16], s[M][M], d[M][M], scale[M];
    clear(dq);
    for (i64 k0 = 0; k0 < (p.causal && q0 + SIDE < p.keys ? q0 + SIDE : p.keys); k0 += SIDE)
    {
        SYNC();
        fetch(sk, k, p.ks[2], k0, p.keys, p.width);
        fetch(sv, v, p.vs[2], k0, p.keys, p.vwidth);
        SYNC();
        product(s, sq, sk);
        product(d, sg, sv);
        weigh(p, s, d, q0, k0, false, pair, mask);
        keep(sd, d);
        SYNC();
        accumulate(dq, sd, sk);
    }
    #pragma unroll
    for (int i = 0; i < M; i++) scale[i] = (A)p.scale;
    store(p.dq.ptr<T>() + head(p.dqs, b, h), p.dqs[2], q0, p.rows, p.width, dq, scale);
}
