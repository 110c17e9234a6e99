// What follows a convolution, in place. Before this text: T, L, LAST (channels innermost), RELU, BIAS, RESIDUAL.
struct P { i64 n, c, s, unused; Slot y, bias, residual; };
KERNEL(finish)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    L v = conv<L>(p.y.ptr<T>()[i]);
    if (BIAS) v += conv<L>(p.bias.ptr<T>()[(LAST ? i : i / p.s) % p.c]);
    if (RESIDUAL) v += conv<L>(p.residual.ptr<T>()[i]);
    if (RELU) v = Lane<L>::max(v, (L)0);
    p.y.ptr<T>()[i] = conv<T>(v);
}
