// Reductions of any axes. A block computes blockDim.x outputs with blockDim.y threads each; gridDim.y parts of the reduced elements are joined by a second kernel.
// Before this text: L, X, Y, KR and RR (numbers of kept and reduced axes), start(), step(acc, x), merge(a, b), finish(acc).
DEV i64 kept_offset(const P& p, i64 o)
{
    i64 at = 0;
    #pragma unroll
    for (int d = KR - 1; d >= 0; d--)
    {
        const i64 q = d > 0 ? (WIDE ? o / p.ksize[d] : (i64)((u32)o / (u32)p.ksize[d])) : 0;
        at += (o - q * (d > 0 ? p.ksize[d] : 0)) * p.kstride[d];
        o = q;
    }
    return at;
}
DEV i64 reduced_offset(const P& p, i64 r)
{
    if (RR == 1) return r * p.rstride[0];
    i64 at = 0;
    #pragma unroll
    for (int d = RR - 1; d >= 0; d--)
    {
        const i64 q = d > 0 ? (WIDE ? r / p.rsize[d] : (i64)((u32)r / (u32)p.rsize[d])) : 0;
        at += (r - q * (d > 0 ? p.rsize[d] : 0)) * p.rstride[d];
        r = q;
    }
    return at;
}
KERNEL_SYNC(reduce)
{
    SHARED(L, sh, 1024);
    const int tx = threadIdx.x, ty = threadIdx.y, w = blockDim.x;
    const i64 o = (i64)blockIdx.x * w + tx;
    L acc = start(p);
    if (o < p.outputs)
    {
        const X* x = p.x.ptr<X>() + kept_offset(p, o);
        const i64 from = (i64)blockIdx.y * p.chunk, to = from + p.chunk < p.count ? from + p.chunk : p.count, step_by = blockDim.y;
        i64 r = from + ty;
#if VECTOR > 1
        // neighbours, in accesses of 16 bytes
        L side[4] = { acc, acc, acc, acc };
        for (i64 v = from + ty * VECTOR; v + VECTOR <= to; v += 4 * step_by * VECTOR)
        {
            Vec<X, VECTOR> e[4];
            #pragma unroll
            for (int k = 0; k < 4; k++) if (v + k * step_by * VECTOR + VECTOR <= to) e[k] = *(const Vec<X, VECTOR>*)(x + v + k * step_by * VECTOR);
            #pragma unroll
            for (int k = 0; k < 4; k++)
                if (v + k * step_by * VECTOR + VECTOR <= to)
                    #pragma unroll
                    for (int j = 0; j < VECTOR; j++) side[k] = step(p, side[k], conv<L>(e[k].v[j]));
        }
        acc = merge(p, merge(p, side[0], side[1]), merge(p, side[2], side[3]));
        r = to - (to - from) % VECTOR + ty;
#endif
        if (r + 3 * step_by < to)
        {
            L b = start(p), c = start(p), d = start(p);
            for (; r + 3 * step_by < to; r += 4 * step_by)
            {
                const X x0 = x[reduced_offset(p, r)], x1 = x[reduced_offset(p, r + step_by)], x2 = x[reduced_offset(p, r + 2 * step_by)], x3 = x[reduced_offset(p, r + 3 * step_by)];
                acc = step(p, acc, conv<L>(x0));
                b = step(p, b, conv<L>(x1));
                c = step(p, c, conv<L>(x2));
                d = step(p, d, conv<L>(x3));
            }
            acc = merge(p, merge(p, acc, b), merge(p, c, d));
        }
        for (; r < to; r += step_by) acc = step(p, acc, conv<L>(x[reduced_offset(p, r)]));
    }
    if (blockDim.y > 1)
    {
        sh[ty * w + tx] = acc;
        for (int half = blockDim.y / 2; half > 0; half /= 2)
        {
            SYNC();
            if (ty < half) sh[ty * w + tx] = merge(p, sh[ty * w + tx], sh[(ty + half) * w + tx]);
        }
        if (ty == 0) acc = sh[tx];
    }
    if (ty == 0 && o < p.outputs)
    {
        if (gridDim.y > 1) p.parts.ptr<L>()[(i64)blockIdx.y * p.outputs + o] = acc;
        else p.y.ptr<Y>()[o] = conv<Y>(acc);
    }
}
// blockDim.x outputs with blockDim.y threads each
KERNEL_SYNC(join_parts)
{
    SHARED(L, sh, 256);
    const int tx = threadIdx.x, ty = threadIdx.y, w = blockDim.x;
    const i64 o = (i64)blockIdx.x * w + tx;
    L acc = start(p);
    if (o < p.outputs) for (i64 k = ty; k < p.number; k += blockDim.y) acc = merge(p, acc, p.parts.ptr<L>()[k * p.outputs + o]);
    sh[ty * w + tx] = acc;
    for (int half = blockDim.y / 2; half > 0; half /= 2)
    {
        SYNC();
        if (ty < half) sh[ty * w + tx] = merge(p, sh[ty * w + tx], sh[(ty + half) * w + tx]);
    }
    if (ty == 0 && o < p.outputs) p.y.ptr<Y>()[o] = conv<Y>(sh[tx]);
}
