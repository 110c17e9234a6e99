// Normalisation of rows. Sums in double precision for float64 and by blocks in float32 otherwise. Before this text: T.
DEVS T block_sum(T v, T* sh, int t, int w)
{
    SYNC();
    sh[t] = v;
    for (int h = w / 2; h > 0; h /= 2) { SYNC(); if (t < h) sh[t] += sh[t + h]; }
    SYNC();
    return sh[0];
}
struct P { i64 rows, n; f64 eps; i64 centered; Slot x, weight, bias, y, mean, rstd, dy, dx, dw, db; };
KERNEL_SYNC(forward)
{
    SHARED(T, sh, 512);
    const i64 r = blockIdx.x;
    const int t = threadIdx.x, w = blockDim.x;
    const T *x = p.x.ptr<T>() + r * p.n, *k = p.weight.ptr<T>(), *b = p.bias.ptr<T>();
    T s = 0;
    if (p.centered) for (i64 i = t; i < p.n; i += w) s += x[i];
    const T m = p.centered ? block_sum(s, sh, t, w) / (T)p.n : (T)0;
    s = 0;
    for (i64 i = t; i < p.n; i += w) { const T d = x[i] - m; s += d * d; }
    const T rstd = (T)1 / Lane<T>::sqrt(block_sum(s, sh, t, w) / (T)p.n + (T)p.eps);
    T* y = p.y.ptr<T>() + r * p.n;
    for (i64 i = t; i < p.n; i += w) { T v = (x[i] - m) * rstd; if (k) v *= k[i]; if (b) v += b[i]; y[i] = v; }
    if (t == 0) { p.rstd.ptr<T>()[r] = rstd; if (p.centered) p.mean.ptr<T>()[r] = m; }
}
KERNEL_SYNC(backward)
{
    SHARED(T, sh, 512);
    const i64 r = blockIdx.x;
    const int t = threadIdx.x, w = blockDim.x;
    const T *x = p.x.ptr<T>() + r * p.n, *g = p.dy.ptr<T>() + r * p.n, *k = p.weight.ptr<T>();
    const T m = p.centered ? p.mean.ptr<T>()[r] : (T)0, s = p.rstd.ptr<T>()[r];
    T sum = 0, dot = 0;
    for (i64 i = t; i < p.n; i += w) { const T v = k ? g[i] * k[i] : g[i]; sum += v; dot += v * (x[i] - m); }
    sum = p.centered ? block_sum(sum, sh, t, w) : (T)0;
    dot = block_sum(dot, sh, t, w);
    const T a = -s * s * s * dot / (T)p.n, c = -s * sum / (T)p.n;
    T* dx = p.dx.ptr<T>() + r * p.n;
    for (i64 i = t; i < p.n; i += w) dx[i] = (k ? g[i] * k[i] : g[i]) * s + (x[i] - m) * a + c;
}
// a block of 32 columns and 16 threads for each
KERNEL_SYNC(backward_affine)
{
    SHARED(T, sw, 512);
    SHARED(T, sb, 512);
    const int tx = threadIdx.x % 32, ty = threadIdx.x / 32;
    const i64 c = (i64)blockIdx.x * 32 + tx;
    T dw = 0, db = 0;
    if (c < p.n)
        for (i64 r = ty; r < p.rows; r += 16)
        {
            const T g = p.dy.ptr<T>()[r * p.n + c];
            db += g;
            dw += g * ((p.x.ptr<T>()[r * p.n + c] - (p.centered ? p.mean.ptr<T>()[r] : (T)0)) * p.rstd.ptr<T>()[r]);
        }
    sw[threadIdx.x] = dw;
    sb[threadIdx.x] = db;
    for (int h = 8; h > 0; h /= 2) { SYNC(); if (ty < h) { sw[threadIdx.x] += sw[threadIdx.x + h * 32]; sb[threadIdx.x] += sb[threadIdx.x + h * 32]; } }
    if (ty == 0 && c < p.n) { if (p.dw.a) p.dw.ptr<T>()[c] = sw[tx]; if (p.db.a) p.db.ptr<T>()[c] = sb[tx]; }
}
