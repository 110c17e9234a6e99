// Dropout: the draw, the mask and the product in one pass; the draws are those of random.cu's bernoulli. Before this text: T, A (computed in).
struct P { i64 n; u64 key, block, range; f64 scale; i64 unused; Slot x, mask, y; };
#define FOUR(T) Vec<T, 4>
DEV bool whole(const P& p, i64 first) { return first + 4 <= p.n && ((u64)p.x.a & 15) == 0 && ((u64)p.y.a & 15) == 0 && ((u64)p.mask.a & 3) == 0; }
KERNEL(forward)
{
    const i64 k = (i64)blockIdx.x * blockDim.x + threadIdx.x, first = k * 4;
    if (first >= p.n) return;
    u32 w[4];
    philox(p.key, p.block + (u64)k, w);
    const A scale = (A)p.scale;
    const T* x = p.x.ptr<T>() + first;
    T* y = p.y.ptr<T>() + first;
    u8* m = p.mask.ptr<u8>() + first;
    if (whole(p, first))
    {
        const FOUR(T) v = *(const FOUR(T)*)x;
        FOUR(T) r;
        FOUR(u8) s;
        #pragma unroll
        for (int j = 0; j < 4; j++) { const bool on = w[j] < p.range; s.v[j] = on; r.v[j] = conv<T>(on ? conv<A>(v.v[j]) * scale : (A)0); }
        *(FOUR(T)*)y = r;
        *(FOUR(u8)*)m = s;
        return;
    }
    for (int j = 0; j < 4 && first + j < p.n; j++) { const bool on = w[j] < p.range; m[j] = on; y[j] = conv<T>(on ? conv<A>(x[j]) * scale : (A)0); }
}
KERNEL(backward)
{
    const i64 first = ((i64)blockIdx.x * blockDim.x + threadIdx.x) * 4;
    if (first >= p.n) return;
    const A scale = (A)p.scale;
    const T* x = p.x.ptr<T>() + first;
    T* y = p.y.ptr<T>() + first;
    const u8* m = p.mask.ptr<u8>() + first;
    if (whole(p, first))
    {
        const FOUR(T) v = *(const FOUR(T)*)x;
        const FOUR(u8) s = *(const FOUR(u8)*)m;
        FOUR(T) r;
        #pragma unroll
        for (int j = 0; j < 4; j++) r.v[j] = conv<T>(s.v[j] ? conv<A>(v.v[j]) * scale : (A)0);
        *(FOUR(T)*)y = r;
        return;
    }
    for (int j = 0; j < 4 && first + j < p.n; j++) y[j] = conv<T>(m[j] ? conv<A>(x[j]) * scale : (A)0);
}
