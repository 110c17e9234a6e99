// Draws of all kinds. Before this text: T, KIND, and philox.
struct P { i64 n; u64 key, block; f64 a, b; i64 low; u64 range; Slot y; };
#define U53 1.1102230246251565404e-16
// a thread a block of four words: four draws of 32 bits or two of 64
KERNEL(draw)
{
    const i64 k = (i64)blockIdx.x * blockDim.x + threadIdx.x, per = WIDE ? 2 : 4, first = k * per;
    if (first >= p.n) return;
    u32 w[4];
    philox(p.key, p.block + (u64)k, w);
    T v[4];
    if (KIND == 0 && !WIDE) { const f32 s = (f32)p.b - (f32)p.a; for (int j = 0; j < 4; j++) v[j] = conv<T>(((f32)(w[j] >> 8) * (1.0f / 16777216.0f)) * s + (f32)p.a); }
    if (KIND == 0 && WIDE) for (int j = 0; j < 2; j++) { const u64 u = w[2 * j] | (u64)w[2 * j + 1] << 32; v[j] = conv<T>((f64)(u >> 11) * U53 * (p.b - p.a) + p.a); }
    if (KIND == 1 && !WIDE)
        for (int j = 0; j < 2; j++)
        {
            const f32 u = ((f32)w[2 * j] + 1.0f) * 2.3283064365386963e-10f, angle = (f32)(w[2 * j + 1] >> 8) * (6.283185307179586f / 16777216.0f), r = sqrtf(logf(u) * -2.0f) * (f32)p.b;
            v[2 * j] = conv<T>(r * cosf(angle) + (f32)p.a);
            v[2 * j + 1] = conv<T>(r * sinf(angle) + (f32)p.a);
        }
    if (KIND == 1 && WIDE)
    {
        const u64 u = w[0] | (u64)w[1] << 32, t = w[2] | (u64)w[3] << 32;
        const f64 r = p.b * sqrt(-2 * log((f64)((u >> 11) + 1) * U53)), angle = 6.283185307179586477 * U53 * (f64)(t >> 11);
        v[0] = conv<T>(r * cos(angle) + p.a);
        v[1] = conv<T>(r * sin(angle) + p.a);
    }
    if (KIND == 2) for (int j = 0; j < 4; j++) v[j] = conv<T>((i64)((u64)w[j] < p.range ? 1 : 0));
    if (KIND == 3) for (int j = 0; j < 2; j++) { const u64 u = w[2 * j] | (u64)w[2 * j + 1] << 32; v[j] = conv<T>((i64)((u64)p.low + (p.range == 0 ? u : __umul64hi(u, p.range)))); }
    for (int j = 0; j < per && first + j < p.n; j++) p.y.ptr<T>()[first + j] = v[j];
}
