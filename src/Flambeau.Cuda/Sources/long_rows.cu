// Rows of neighbours that a block goes over more than once. Before this text: T (elements), A (computed in), V (elements in 16 bytes), TH (threads of a block, warps of them).
DEV A larger(A a, A b) { return Lane<A>::max(a, b); }
template<int N> struct Count { static constexpr int value = N; };
template<class F> DEV void each_vector(const T* x, i64 n, F f)
{
    const i64 ahead = (i64)(16 - ((u64)x & 15)) % 16 / (i64)sizeof(T), head = ahead < n ? ahead : n, body = (n - head) / V, tail = head + body * V;
    for (i64 i = threadIdx.x; i < head; i += TH) f(i, Count<1>());
    for (i64 i = threadIdx.x; i < body; i += TH) f(head + i * V, Count<V>());
    for (i64 i = tail + threadIdx.x; i < n; i += TH) f(i, Count<1>());
}
DEV A across(A v, bool largest)
{
    SHARED(A, sh, 32);
    v = largest ? lanes_max<32>(v) : lanes_sum<32>(v);
    SYNC();
    if (threadIdx.x % 32 == 0) sh[threadIdx.x / 32] = v;
    SYNC();
    v = threadIdx.x % 32 < TH / 32 ? sh[threadIdx.x % 32] : largest ? (A)-inf64() : (A)0;
    return largest ? lanes_max<32>(v) : lanes_sum<32>(v);
}
DEV void get(A* to, const T* x, int count)
{
    if (count == 1) { to[0] = conv<A>(*x); return; }
    const Vec<T, V> v = *(const Vec<T, V>*)x;
    #pragma unroll
    for (int j = 0; j < V; j++) to[j] = conv<A>(v.v[j]);
}
DEV void put(T* y, const A* from, int count)
{
    if (count == 1) { *y = conv<T>(from[0]); return; }
    // the row that is read tells where vectors begin; one that is written elsewhere takes elements
    if (((u64)y & 15) != 0) { for (int j = 0; j < V; j++) y[j] = conv<T>(from[j]); return; }
    Vec<T, V> v;
    #pragma unroll
    for (int j = 0; j < V; j++) v.v[j] = conv<T>(from[j]);
    *(Vec<T, V>*)y = v;
}
