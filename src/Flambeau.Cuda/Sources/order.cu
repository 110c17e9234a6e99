// The order of the elements of each line of [outer, n, inner]: tiles are sorted in shared memory, then runs are merged in pairs. NaN counts as largest and equal elements keep their order.
// Before this text: T, L (compared in), DESCENDING, TILE (a power of two).
struct P { i64 lines, n, inner, count, width, tiles; Slot x, keys, at, keys_to, at_to, y; };
#define NONE 0x7fffffff
DEV bool before(L a, i32 i, L b, i32 j)
{
    if (i == NONE || j == NONE) return i < j;
    const bool an = a != a, bn = b != b;
    if (an || bn) return an && bn ? i < j : DESCENDING ? an : bn;
    return (DESCENDING ? a > b : a < b) || (a == b && i < j);
}
DEV i64 start(const P& p, i64 line, i64 n) { return line / p.inner * n * p.inner + line % p.inner; }
KERNEL_SYNC_OF(sort_tiles, (TILE / 2 < 32 ? 32 : TILE / 2))
{
    SHARED(L, key, TILE);
    SHARED(i32, at, TILE);
    const i64 line = blockIdx.x / p.tiles, first = blockIdx.x % p.tiles * TILE;
    const T* x = p.x.ptr<T>() + start(p, line, p.n);
    const int t = threadIdx.x;
    for (int i = t; i < TILE; i += blockDim.x)
    {
        const bool there = first + i < p.n;
        at[i] = there ? (i32)(first + i) : NONE;
        key[i] = conv<L>(x[(there ? first + i : 0) * p.inner]);
    }
    for (int k = 2; k <= TILE; k *= 2)
        for (int j = k / 2; j > 0; j /= 2)
        {
            SYNC();
            if (t >= TILE / 2) continue;
            const int a = 2 * t - (t & (j - 1)), b = a + j;
            if (before(key[b], at[b], key[a], at[a]) == ((a & k) == 0))
            {
                const L v = key[a]; key[a] = key[b]; key[b] = v;
                const i32 w = at[a]; at[a] = at[b]; at[b] = w;
            }
        }
    SYNC();
    for (int i = t; i < TILE; i += blockDim.x)
    {
        if (first + i >= p.n) continue;
        if (p.tiles == 1)
        {
            if (i < p.count) p.y.ptr<i64>()[start(p, line, p.count) + i * p.inner] = at[i];
            continue;
        }
        p.keys.ptr<L>()[line * p.n + first + i] = key[i];
        p.at.ptr<i32>()[line * p.n + first + i] = at[i];
    }
}
// an element's place in the merged run: its own in its run, and how many of the other run come before it
KERNEL(merge)
{
    const i64 e = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (e >= p.lines * p.n) return;
    const i64 line = e / p.n, i = e % p.n, run = i / p.width, pair = run / 2 * 2 * p.width, other = (run % 2 == 0 ? run + 1 : run - 1) * p.width;
    const L* key = p.keys.ptr<L>() + line * p.n;
    const i32* at = p.at.ptr<i32>() + line * p.n;
    const L mine = key[i];
    const i32 my = at[i];
    i64 low = other < p.n ? other : p.n, from = low, high = low + p.width < p.n ? low + p.width : p.n;
    while (low < high)
    {
        const i64 middle = (low + high) / 2;
        if (before(key[middle], at[middle], mine, my)) low = middle + 1;
        else high = middle;
    }
    const i64 to = pair + (i - run * p.width) + (low - from);
    if (2 * p.width >= p.n)
    {
        if (to < p.count) p.y.ptr<i64>()[start(p, line, p.count) + to * p.inner] = my;
        return;
    }
    p.keys_to.ptr<L>()[line * p.n + to] = mine;
    p.at_to.ptr<i32>()[line * p.n + to] = my;
}
