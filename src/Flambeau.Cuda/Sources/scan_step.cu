// A step of a running total. Before this text: SCAN 0 sum, 1 product, 2 logarithm of the sum of exponentials; L.
DEV f64 log_add(f64 a, f64 b)
{
    const f64 m = Lane<f64>::max(a, b), n = Lane<f64>::min(a, b);
    if (m == -inf64() || (isinf(m) && m == n)) return m;
    return m + ::log(1 + ::exp(n - m));
}
DEV c128 log_add(c128 a, c128 b)
{
    const bool first = a.r >= b.r;
    const c128 m = first ? a : b, n = first ? b : a;
    if (m.r == -inf64()) return m;
    return m + clog(cx(1, 0) + cexp(n - m));
}
DEV i64 log_add(i64 a, i64 b) { return a; }
template<class V> DEV V scan_step(V a, V x) { return SCAN == 0 ? Lane<V>::add(a, x) : SCAN == 1 ? Lane<V>::mul(a, x) : log_add(a, x); }
DEV L nothing() { return Lane<L>::constant(SCAN == 0 ? 0.0 : SCAN == 1 ? 1.0 : -inf64()); }
