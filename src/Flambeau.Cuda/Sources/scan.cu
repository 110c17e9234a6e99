// Running totals of long lines of neighbours, in chunks of 2048: the chunks' totals first, then each chunk from the total before it. Before this text: T, L (computed in), SCAN, REVERSE; scan_step.cu.
#define CHUNK 2048
struct P { i64 lines, n, chunks, unused; Slot x, y, totals; };
DEV i64 place(const P& p, i64 k) { return REVERSE ? p.n - 1 - k : k; }
// each thread's elements, and what came before them in the block; gives the whole total
DEV L block_scan(const P& p, const T* x, i64 first, L* before)
{
    SHARED(L, sh, 256);
    const int t = threadIdx.x;
    L own = nothing();
    for (int j = 0; j < 8; j++)
    {
        const i64 k = first + t * 8 + j;
        if (k < p.n) own = scan_step(own, conv<L>(x[place(p, k)]));
    }
    SYNC();
    sh[t] = own;
    for (int d = 1; d < 256; d *= 2)
    {
        SYNC();
        const L left = t >= d ? sh[t - d] : nothing();
        SYNC();
        if (t >= d) sh[t] = scan_step(left, sh[t]);
    }
    SYNC();
    *before = t > 0 ? sh[t - 1] : nothing();
    return sh[255];
}
KERNEL_SYNC_OF(chunk_totals, 256)
{
    const i64 line = blockIdx.x / p.chunks, chunk = blockIdx.x % p.chunks;
    L before;
    const L total = block_scan(p, p.x.ptr<T>() + line * p.n, chunk * CHUNK, &before);
    if (threadIdx.x == 0) p.totals.ptr<L>()[blockIdx.x] = total;
}
// totals of chunks become those of all chunks before; a block a line, each thread some neighbours
KERNEL_SYNC_OF(before_chunks, 256)
{
    SHARED(L, sh, 256);
    const int t = threadIdx.x;
    L* total = p.totals.ptr<L>() + (i64)blockIdx.x * p.chunks;
    const i64 each = (p.chunks + 255) / 256, first = t * each, last = first + each < p.chunks ? first + each : p.chunks;
    L acc = nothing();
    for (i64 c = first; c < last; c++) acc = scan_step(acc, total[c]);
    sh[t] = acc;
    for (int d = 1; d < 256; d *= 2)
    {
        SYNC();
        const L left = t >= d ? sh[t - d] : nothing();
        SYNC();
        if (t >= d) sh[t] = scan_step(left, sh[t]);
    }
    SYNC();
    acc = t > 0 ? sh[t - 1] : nothing();
    for (i64 c = first; c < last; c++) { const L own = total[c]; total[c] = acc; acc = scan_step(acc, own); }
}
KERNEL_SYNC_OF(scan_chunks, 256)
{
    const i64 line = blockIdx.x / p.chunks, chunk = blockIdx.x % p.chunks, first = chunk * CHUNK;
    const T* x = p.x.ptr<T>() + line * p.n;
    T* y = p.y.ptr<T>() + line * p.n;
    L acc;
    block_scan(p, x, first, &acc);
    if (p.totals.a) acc = scan_step(p.totals.ptr<L>()[blockIdx.x], acc);
    for (int j = 0; j < 8; j++)
    {
        const i64 k = first + threadIdx.x * 8 + j;
        if (k >= p.n) return;
        const i64 at = place(p, k);
        acc = scan_step(acc, conv<L>(x[at]));
        y[at] = conv<T>(acc);
    }
}
