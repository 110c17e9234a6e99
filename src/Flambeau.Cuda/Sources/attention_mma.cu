// Attention on tensor cores for heads [N, heads, rows, width], block by block (T. Dao, "FlashAttention-2", arXiv:2307.08691). A block of 128 threads; a warp has 16 rows.
// Before this text: T, BF16, D (width up to a multiple of 16 with zeros behind), BQ (queries at a time in the gradient of keys), MASK.
struct P
{
    i64 tiles, pairs, heads, rows, keys, width, vwidth, causal; f64 scale; i64 unused;
    i64 qs[3], ks[3], vs[3], ms[4], ys[3], gs[3], dqs[3], dks[3], dvs[3];
    Slot q, k, v, mask, y, lse, dy, delta, dq, dk, dv;
};
#define LOG2E 1.4426950408889634f
DEV int place(int row, int chunk) { return row * D + ((chunk ^ (D == 32 ? (row >> 1) & 3 : row & 7)) << 3); }
// rows of a head, zeros outside
template<int COUNT> DEV void fetch(u16* to, const T* from, i64 step, i64 first, i64 rows, i64 width)
{
    constexpr int EACH = D / 8, PASS = 128 / EACH;
    const int r = threadIdx.x / EACH, c = threadIdx.x % EACH, left = (int)(rows - first < COUNT ? rows - first : COUNT);
    const bool inside = c * 8 < width;
    const T* at = from + (first + r) * step + c * 8;
    #pragma unroll
    for (int i = 0; i < COUNT; i += PASS)
    {
        const bool there = inside && r + i < left;
        copy16(to + place(r + i, c), there ? at : from, there);
        at += PASS * step;
    }
}
// the left operand of 16 rows and 16 columns
DEV void left(u32* a, const u16* m, int row, int k) { const int l = threadIdx.x % 32; load4(a, m + place(row + l % 16, 2 * k + l / 16)); }
// rows of a matrix as columns of the right operand, 16 of them
DEV void right_rows(u32* b, const u16* m, int row, int k) { const int l = threadIdx.x % 32; load4(b, m + place(row + l / 16 * 8 + l % 8, 2 * k + l / 8 % 2)); }
// 16 rows of a matrix as rows of the right operand, 16 columns
DEV void right_columns(u32* b, const u16* m, int row, int n) { const int l = threadIdx.x % 32; load4_turned(b, m + place(row + l % 16, 2 * n + l / 16)); }
// s[16, 8 N] = a[16 rows from `row`] · b[8 N rows]ᵀ
template<int N> DEV void product(f32 (*s)[4], const u16* a, int row, const u16* b)
{
    #pragma unroll
    for (int n = 0; n < N; n++) { s[n][0] = 0; s[n][1] = 0; s[n][2] = 0; s[n][3] = 0; }
    #pragma unroll
    for (int k = 0; k < D / 16; k++)
    {
        u32 x[4], y[4];
        left(x, a, row, k);
        #pragma unroll
        for (int n = 0; n < N / 2; n++)
        {
            right_rows(y, b, n * 16, k);
            mma(s[2 * n], x, y[0], y[1]);
            mma(s[2 * n + 1], x, y[2], y[3]);
        }
    }
}
// o[16, D] += p[16, 8 N] · b[8 N rows, D]
template<int N> DEV void accumulate(f32 (*o)[4], f32 (*p)[4], const u16* b)
{
    #pragma unroll
    for (int k = 0; k < N / 2; k++)
    {
        const u32 x[4] = { pack(p[2 * k][0], p[2 * k][1]), pack(p[2 * k][2], p[2 * k][3]), pack(p[2 * k + 1][0], p[2 * k + 1][1]), pack(p[2 * k + 1][2], p[2 * k + 1][3]) };
        u32 y[4];
        #pragma unroll
        for (int n = 0; n < D / 16; n++)
        {
            right_columns(y, b, k * 16, n);
            mma(o[2 * n], x, y[0], y[1]);
            mma(o[2 * n + 1], x, y[2], y[3]);
        }
    }
}
DEV void store(T* to, i64 step, i64 first, i64 rows, i64 width, f32 (*o)[4], f32 scale0, f32 scale1)
{
    const int l = threadIdx.x % 32;
    const i64 r = first + l / 4;
    #pragma unroll
    for (int n = 0; n < D / 8; n++)
    {
        const int c = n * 8 + l % 4 * 2;
        if (c >= width) continue;
        if (r < rows) *(u32*)(to + r * step + c) = pack(o[n][0] * scale0, o[n][1] * scale0);
        if (r + 8 < rows) *(u32*)(to + (r + 8) * step + c) = pack(o[n][2] * scale1, o[n][3] * scale1);
    }
}
DEV i64 head(const i64* s, i64 b, i64 h) { return b * s[0] + h * s[1]; }
// a score in powers of two; hidden ones -inf
DEV f32 score(const P& p, f32 s, f32 scale, i64 row, i64 key, const T* mask)
{
    if (key >= p.keys || row >= p.rows || (p.causal && key > row)) return -bits_to_float(0x7f800000u);
    return MASK ? s * scale + conv<f32>(mask[row * p.ms[2] + key * p.ms[3]]) * LOG2E : s * scale;
}
KERNEL_SYNC_OF(forward, 128)
{
    DYNAMIC(u16, sh);
    u16 *sq = sh, *sk = sq + 64 * D, *sv = sk + 64 * D;
    const int w = threadIdx.x / 32, l = threadIdx.x % 32;
    // the longest rows first
    const i64 q0 = (p.tiles - 1 - blockIdx.x / p.pairs) * 64, pair = blockIdx.x % p.pairs, b = pair / p.heads, h = pair % p.heads;
    const T *q = p.q.ptr<T>() + head(p.qs, b, h), *k = p.k.ptr<T>() + head(p.ks, b, h), *v = p.v.ptr<T>() + head(p.vs, b, h), *mask = MASK ? p.mask.ptr<T>() + head(p.ms, b, h) : 0;
    const f32 scale = (f32)p.scale * LOG2E, lowest = -bits_to_float(0x7f800000u);
    const i64 end = p.causal && q0 + 64 < p.keys ? q0 + 64 : p.keys, row = q0 + w * 16 + l / 4;
    fetch<64>(sq, q, p.qs[2], q0, p.rows, p.width);
    fetch<64>(sk, k, p.ks[2], 0, p.keys, p.width);
    f32 o[D / 8][4], s[8][4], m[2] = { lowest, lowest }, sum[2] = { 0, 0 };
    #pragma unroll
    for (int n = 0; n < D / 8; n++) { o[n][0] = 0; o[n][1] = 0; o[n][2] = 0; o[n][3] = 0; }
    for (i64 k0 = 0; k0 < end; k0 += 64)
    {
        copies_done();
        SYNC();
        fetch<64>(sv, v, p.vs[2], k0, p.keys, p.vwidth);
        product<8>(s, sq, w * 16, sk);
        const bool whole = !MASK && k0 + 64 <= p.keys && !(p.causal && k0 + 63 > q0);
        f32 top[2] = { m[0], m[1] };
        #pragma unroll
        for (int n = 0; n < 8; n++)
            #pragma unroll
            for (int e = 0; e < 4; e++)
            {
                s[n][e] = whole ? s[n][e] * scale : score(p, s[n][e], scale, row + e / 2 * 8, k0 + n * 8 + l % 4 * 2 + e % 2, mask);
                top[e / 2] = s[n][e] > top[e / 2] ? s[n][e] : top[e / 2];
            }
        f32 fix[2], less[2];
        #pragma unroll
        for (int i = 0; i < 2; i++)
        {
            top[i] = lanes_max<4>(top[i]);
            less[i] = top[i] == lowest ? 0 : top[i];
            fix[i] = exp2_fast(m[i] - less[i]);
            m[i] = top[i];
            sum[i] *= fix[i];
        }
        #pragma unroll
        for (int n = 0; n < 8; n++)
            #pragma unroll
            for (int e = 0; e < 4; e++)
            {
                s[n][e] = exp2_fast(s[n][e] - less[e / 2]);
                sum[e / 2] += s[n][e];
            }
        #pragma unroll
        for (int n = 0; n < D / 8; n++)
            #pragma unroll
            for (int e = 0; e < 4; e++) o[n][e] *= fix[e / 2];
        copies_done();
        SYNC();
        if (k0 + 64 < end) fetch<64>(sk, k, p.ks[2], k0 + 64, p.keys, p.width);
        accumulate<8>(o, s, sv);
    }
    f32 part[2];
    #pragma unroll
    for (int i = 0; i < 2; i++)
    {
        sum[i] = lanes_sum<4>(sum[i]);
        part[i] = sum[i] == 0 ? 0 : 1 / sum[i];
        if (l % 4 == 0 && row + i * 8 < p.rows) p.lse.ptr<f32>()[pair * p.rows + row + i * 8] = sum[i] == 0 ? lowest : m[i] / LOG2E + logf(sum[i]);
    }
    store(p.y.ptr<T>() + head(p.ys, b, h), p.ys[2], q0 + w * 16, p.rows, p.vwidth, o, part[0], part[1]);
}
// sums of products of result and gradient, as many threads a row as it has pieces of 16 bytes
KERNEL_SYNC_OF(dots, 128)
{
    const int c = threadIdx.x % (D / 8);
    const i64 r = (i64)blockIdx.x * (1024 / D) + threadIdx.x / (D / 8), pair = r / p.rows, b = pair / p.heads, h = pair % p.heads;
    const bool inside = r < p.pairs * p.rows;
    f32 s = 0;
    if (inside && c * 8 < p.vwidth)
    {
        const Vec<T, 8> y = *(const Vec<T, 8>*)(p.y.ptr<T>() + head(p.ys, b, h) + r % p.rows * p.ys[2] + c * 8), g = *(const Vec<T, 8>*)(p.dy.ptr<T>() + head(p.gs, b, h) + r % p.rows * p.gs[2] + c * 8);
        #pragma unroll
        for (int j = 0; j < 8; j++) s += conv<f32>(y.v[j]) * conv<f32>(g.v[j]);
    }
    s = lanes_sum<D / 8>(s);
    if (inside && c == 0) p.delta.ptr<f32>()[r] = s;
}
// the sum of a row in powers of two; rows without keys take no part
DEV f32 total(f32 lse) { return lse == -bits_to_float(0x7f800000u) ? bits_to_float(0x7f800000u) : lse * LOG2E; }
KERNEL_SYNC_OF(gradient_keys, 128)
{
    DYNAMIC(u16, sh);
    SHARED(f32, sums, 4 * BQ);
    u16 *sk = sh, *sv = sk + 64 * D;
    const int w = threadIdx.x / 32, l = threadIdx.x % 32;
    const i64 k0 = blockIdx.x / p.pairs * 64, pair = blockIdx.x % p.pairs, b = pair / p.heads, h = pair % p.heads;
    const T *q = p.q.ptr<T>() + head(p.qs, b, h), *g = p.dy.ptr<T>() + head(p.gs, b, h), *mask = MASK ? p.mask.ptr<T>() + head(p.ms, b, h) : 0;
    const f32 scale = (f32)p.scale * LOG2E;
    fetch<64>(sk, p.k.ptr<T>() + head(p.ks, b, h), p.ks[2], k0, p.keys, p.width);
    fetch<64>(sv, p.v.ptr<T>() + head(p.vs, b, h), p.vs[2], k0, p.keys, p.vwidth);
    f32 dk[D / 8][4], dv[D / 8][4], s[BQ / 8][4], d[BQ / 8][4];
    #pragma unroll
    for (int n = 0; n < D / 8; n++)
        #pragma unroll
        for (int e = 0; e < 4; e++) { dk[n][e] = 0; dv[n][e] = 0; }
    const i64 key = k0 + w * 16 + l / 4;
    // the next queries arrive while these are worked on
    auto begin = [&](i64 q0)
    {
        const int turn = (int)(q0 / BQ % 2);
        u16* sq = sv + 64 * D + turn * 2 * BQ * D;
        if (q0 >= p.rows) return;
        fetch<BQ>(sq, q, p.qs[2], q0, p.rows, p.width);
        fetch<BQ>(sq + BQ * D, g, p.gs[2], q0, p.rows, p.vwidth);
        if (threadIdx.x < BQ)
        {
            const bool there = q0 + threadIdx.x < p.rows;
            sums[turn * 2 * BQ + threadIdx.x] = there ? total(p.lse.ptr<f32>()[pair * p.rows + q0 + threadIdx.x]) : 0;
            sums[turn * 2 * BQ + BQ + threadIdx.x] = there ? p.delta.ptr<f32>()[pair * p.rows + q0 + threadIdx.x] : 0;
        }
    };
    const i64 start = p.causal ? k0 / BQ * BQ : 0;
    begin(start);
    for (i64 q0 = start; q0 < p.rows; q0 += BQ)
    {
        const int turn = (int)(q0 / BQ % 2);
        const u16 *sq = sv + 64 * D + turn * 2 * BQ * D, *sg = sq + BQ * D;
        const f32 *st = sums + turn * 2 * BQ, *sd = st + BQ;
        copies_done();
        SYNC();
        begin(q0 + BQ);
        product<BQ / 8>(s, sk, w * 16, sq);
        product<BQ / 8>(d, sv, w * 16, sg);
        const bool whole = !MASK && k0 + 64 <= p.keys && q0 + BQ <= p.rows && !(p.causal && k0 + 63 > q0);
        #pragma unroll
        for (int n = 0; n < BQ / 8; n++)
            #pragma unroll
            for (int e = 0; e < 4; e++)
            {
                const int c = n * 8 + l % 4 * 2 + e % 2;
                const f32 x = whole ? s[n][e] * scale : score(p, s[n][e], scale, q0 + c, key + e / 2 * 8, mask);
                s[n][e] = exp2_fast(x - st[c]);
                d[n][e] = s[n][e] * (d[n][e] - sd[c]);
            }
        accumulate<BQ / 8>(dv, s, sg);
        accumulate<BQ / 8>(dk, d, sq);
    }
    store(p.dk.ptr<T>() + head(p.dks, b, h), p.dks[2], k0 + w * 16, p.keys, p.width, dk, (f32)p.scale, (f32)p.scale);
    store(p.dv.ptr<T>() + head(p.dvs, b, h), p.dvs[2], k0 + w * 16, p.keys, p.vwidth, dv, 1, 1);
}
KERNEL_SYNC_OF(gradient_queries, 128)
{
    DYNAMIC(u16, sh);
    u16 *sq = sh, *sg = sq + 64 * D;
    const int w = threadIdx.x / 32, l = threadIdx.x % 32;
    const i64 q0 = (p.tiles - 1 - blockIdx.x / p.pairs) * 64, pair = blockIdx.x % p.pairs, b = pair / p.heads, h = pair % p.heads;
    const T *k = p.k.ptr<T>() + head(p.ks, b, h), *v = p.v.ptr<T>() + head(p.vs, b, h), *mask = MASK ? p.mask.ptr<T>() + head(p.ms, b, h) : 0;
    const f32 scale = (f32)p.scale * LOG2E;
    const i64 end = p.causal && q0 + 64 < p.keys ? q0 + 64 : p.keys, row = q0 + w * 16 + l / 4;
    fetch<64>(sq, p.q.ptr<T>() + head(p.qs, b, h), p.qs[2], q0, p.rows, p.width);
    fetch<64>(sg, p.dy.ptr<T>() + head(p.gs, b, h), p.gs[2], q0, p.rows, p.vwidth);
    f32 dq[D / 8][4], s[8][4], d[8][4], t[2], del[2];
    #pragma unroll
    for (int n = 0; n < D / 8; n++)
        #pragma unroll
        for (int e = 0; e < 4; e++) dq[n][e] = 0;
    #pragma unroll
    for (int i = 0; i < 2; i++)
    {
        const bool there = row + i * 8 < p.rows;
        t[i] = there ? total(p.lse.ptr<f32>()[pair * p.rows + row + i * 8]) : 0;
        del[i] = there ? p.delta.ptr<f32>()[pair * p.rows + row + i * 8] : 0;
    }
    auto begin = [&](i64 k0)
    {
        u16* sk = sg + 64 * D + k0 / 64 % 2 * 128 * D;
        if (k0 >= end) return;
        fetch<64>(sk, k, p.ks[2], k0, p.keys, p.width);
        fetch<64>(sk + 64 * D, v, p.vs[2], k0, p.keys, p.vwidth);
    };
    begin(0);
    for (i64 k0 = 0; k0 < end; k0 += 64)
    {
        const u16 *sk = sg + 64 * D + k0 / 64 % 2 * 128 * D, *sv = sk + 64 * D;
        copies_done();
        SYNC();
        begin(k0 + 64);
        product<8>(s, sq, w * 16, sk);
        product<8>(d, sg, w * 16, sv);
        const bool whole = !MASK && k0 + 64 <= p.keys && q0 + 64 <= p.rows && !(p.causal && k0 + 63 > q0);
        #pragma unroll
        for (int n = 0; n < 8; n++)
            #pragma unroll
            for (int e = 0; e < 4; e++)
            {
                const f32 x = whole ? s[n][e] * scale : score(p, s[n][e], scale, row + e / 2 * 8, k0 + n * 8 + l % 4 * 2 + e % 2, mask);
                d[n][e] = exp2_fast(x - t[e / 2]) * (d[n][e] - del[e / 2]);
            }
        accumulate<8>(dq, d, sk);
    }
    store(p.dq.ptr<T>() + head(p.dqs, b, h), p.dqs[2], q0 + w * 16, p.rows, p.width, dq, (f32)p.scale, (f32)p.scale);
}
