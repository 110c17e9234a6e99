// What the threads of a row know together. Before this text: L, R elements of a row, W threads, ROWS rows of a block.
struct MergeSum { static DEVM L of(L a, L b) { return Lane<L>::add(a, b); } };
struct MergeProd { static DEVM L of(L a, L b) { return Lane<L>::mul(a, b); } };
struct MergeMax { static DEVM L of(L a, L b) { return Lane<L>::max(a, b); } };
struct MergeMin { static DEVM L of(L a, L b) { return Lane<L>::min(a, b); } };
#ifdef __CUDACC_RTC__
#define REGION extern "C" __global__ void __launch_bounds__(W * ROWS) region(const __grid_constant__ P p)
#define SHARED_LANES 32
template<class F> DEV L combine(L v, L* sh, int t, int line)
{
    #pragma unroll
    for (int h = 16; h > 0; h /= 2) v = F::of(v, __shfl_xor_sync(~0u, v, h));
    if (W > 32)
    {
        __syncthreads();
        if (t % 32 == 0) sh[t / 32] = v;
        __syncthreads();
        v = sh[t % (W / 32)];
        #pragma unroll
        for (int h = W / 64; h > 0; h /= 2) v = F::of(v, __shfl_xor_sync(~0u, v, h));
    }
    return v;
}
#else
#define REGION KERNEL_SYNC(region)
#define SHARED_LANES 1024
template<class F> L combine(L v, L* sh, int t, int line)
{
    SYNC();
    sh[line * W + t] = v;
    for (int h = W / 2; h > 0; h /= 2) { SYNC(); if (t < h) sh[line * W + t] = F::of(sh[line * W + t], sh[line * W + t + h]); }
    SYNC();
    return sh[line * W];
}
#endif
