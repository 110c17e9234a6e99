// Products of integer matrices, which wrap. One thread an element.
struct P { i64 n, rows, columns, inner; Slot a, b, y; i64 as[3], bs[3]; };
KERNEL(integer_product)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.n) return;
    const i64 c = i % p.columns, r = i / p.columns % p.rows, k = i / p.columns / p.rows;
    const T* a = p.a.ptr<T>() + k * p.as[0] + r * p.as[1];
    const T* b = p.b.ptr<T>() + k * p.bs[0] + c * p.bs[2];
    T sum = 0;
    for (i64 j = 0; j < p.inner; j++) sum = (T)(sum + a[j * p.as[2]] * b[j * p.bs[1]]);
    p.y.ptr<T>()[i] = sum;
}
