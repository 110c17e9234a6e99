// What the threads of a warp do together, kernels of few threads with many registers, and shared memory of a size that the launch gives.
#ifdef __CUDACC_RTC__
#define KERNEL_OF(name, threads) extern "C" __global__ void __launch_bounds__(threads) name(const __grid_constant__ P p)
#define KERNEL_SYNC_OF(name, threads) KERNEL_OF(name, threads)
#define DYNAMIC(T, name) alignas(16) extern __shared__ char name##_bytes[]; T* name = (T*)name##_bytes
#define SYNC_WARP() __syncwarp()
template<class T> DEV T warp_xor(T v, int mask) { return __shfl_xor_sync(0xffffffffu, v, mask); }
template<class T> DEV T warp_up(T v, int by) { return __shfl_up_sync(0xffffffffu, v, by); }
template<class T> DEV T warp_lane(T v, int lane) { return __shfl_sync(0xffffffffu, v, lane); }
DEV u32 warp_ballot(bool b) { return __ballot_sync(0xffffffffu, b); }
DEV f32 exp2_fast(f32 x) { f32 y; asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x)); return y; }
#endif
// sums and maxima over neighbouring lanes, a power of two of them
template<int N, class T> DEV T lanes_sum(T v)
{
    #pragma unroll
    for (int m = N / 2; m > 0; m /= 2) v += warp_xor(v, m);
    return v;
}
template<int N, class T> DEV T lanes_max(T v)
{
    #pragma unroll
    for (int m = N / 2; m > 0; m /= 2) v = Lane<T>::max(v, warp_xor(v, m));
    return v;
}
