// Products of small matrices, an element a thread, summed in a wider type. Before this text: T, A (computed in).
struct P { i64 n, rows, columns, inner, as[3], bs[3]; Slot a, b, y; i64 add, unused; };
KERNEL(product)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    const i64 c = i % p.columns, r = i / p.columns % p.rows, k = i / p.columns / p.rows;
    const T* a = p.a.ptr<T>() + k * p.as[0] + r * p.as[1];
    const T* b = p.b.ptr<T>() + k * p.bs[0] + c * p.bs[2];
    A sum = p.add ? conv<A>(p.y.ptr<T>()[i]) : (A)0;
    #pragma unroll 4
    for (i64 j = 0; j < p.inner; j++) sum += conv<A>(a[j * p.as[2]]) * conv<A>(b[j * p.bs[1]]);
    p.y.ptr<T>()[i] = conv<T>(sum);
}
