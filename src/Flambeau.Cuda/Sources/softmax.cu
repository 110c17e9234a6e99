// Softmax and its gradient along an axis of [outer, n, inner]. Before this text: T; KIND 0 softmax, 1 log-softmax, 2 where lines of -inf give zeros.
struct P { i64 lines, n, inner; Slot x, o, y; };
DEV T larger(T a, T b) { return Lane<T>::max(a, b); }
// a block a line, elements are neighbours
KERNEL_SYNC(forward_rows)
{
    SHARED(T, sh, 512);
    const T* x = p.x.ptr<T>() + (i64)blockIdx.x * p.n;
    T* y = p.y.ptr<T>() + (i64)blockIdx.x * p.n;
    const int t = threadIdx.x, w = blockDim.x;
    T m = (T)-inf64();
    for (i64 i = t; i < p.n; i += w) m = larger(m, x[i]);
    sh[t] = m;
    for (int h = w / 2; h > 0; h /= 2) { SYNC(); if (t < h) sh[t] = larger(sh[t], sh[t + h]); }
    SYNC();
    m = sh[0];
    SYNC();
    const bool hopeless = KIND == 2 && m == (T)-inf64();
    if (hopeless) m = 0;
    T s = 0;
    for (i64 i = t; i < p.n; i += w) s += Lane<T>::exp(x[i] - m);
    sh[t] = s;
    for (int h = w / 2; h > 0; h /= 2) { SYNC(); if (t < h) sh[t] += sh[t + h]; }
    SYNC();
    s = hopeless ? (T)1 : sh[0];
    if (KIND == 1)
    {
        const T l = Lane<T>::log(s);
        for (i64 i = t; i < p.n; i += w) y[i] = x[i] - m - l;
    }
    else
    {
        const T f = (T)1 / s;
        for (i64 i = t; i < p.n; i += w) y[i] = Lane<T>::exp(x[i] - m) * f;
    }
}
KERNEL_SYNC(backward_rows)
{
    SHARED(T, sh, 512);
    const i64 at = (i64)blockIdx.x * p.n;
    const T *g = p.x.ptr<T>() + at, *o = p.o.ptr<T>() + at;
    T* y = p.y.ptr<T>() + at;
    const int t = threadIdx.x, w = blockDim.x;
    T s = 0;
    for (i64 i = t; i < p.n; i += w) s += KIND == 1 ? g[i] : g[i] * o[i];
    sh[t] = s;
    for (int h = w / 2; h > 0; h /= 2) { SYNC(); if (t < h) sh[t] += sh[t + h]; }
    SYNC();
    s = sh[0];
    for (i64 i = t; i < p.n; i += w) y[i] = KIND == 1 ? g[i] - Lane<T>::exp(o[i]) * s : o[i] * (g[i] - s);
}
// a thread a line
KERNEL(forward_lines)
{
    const i64 l = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (l >= p.lines) return;
    const i64 at = l / p.inner * p.n * p.inner + l % p.inner;
    const T* x = p.x.ptr<T>() + at;
    T* y = p.y.ptr<T>() + at;
    T m = (T)-inf64(), s = 0;
    for (i64 i = 0; i < p.n; i++) m = larger(m, x[i * p.inner]);
    const bool hopeless = KIND == 2 && m == (T)-inf64();
    if (hopeless) m = 0;
    for (i64 i = 0; i < p.n; i++) s += Lane<T>::exp(x[i * p.inner] - m);
    if (hopeless) s = 1;
    const T c = KIND == 1 ? Lane<T>::log(s) : (T)1 / s;
    for (i64 i = 0; i < p.n; i++) y[i * p.inner] = KIND == 1 ? x[i * p.inner] - m - c : Lane<T>::exp(x[i * p.inner] - m) * c;
}
KERNEL(backward_lines)
{
    const i64 l = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (l >= p.lines) return;
    const i64 at = l / p.inner * p.n * p.inner + l % p.inner;
    const T *g = p.x.ptr<T>() + at, *o = p.o.ptr<T>() + at;
    T* y = p.y.ptr<T>() + at;
    T s = 0;
    for (i64 i = 0; i < p.n; i++) s += KIND == 1 ? g[i * p.inner] : g[i * p.inner] * o[i * p.inner];
    for (i64 i = 0; i < p.n; i++) y[i * p.inner] = KIND == 1 ? g[i * p.inner] - Lane<T>::exp(o[i * p.inner]) * s : o[i * p.inner] * (g[i * p.inner] - s);
}
