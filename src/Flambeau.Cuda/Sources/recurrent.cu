// A step of a recurrent layer, an element of the state a thread; the product of state and weights is in u. Before this text: T; CELL 0 LSTM, 1 GRU, 2 tanh, 3 relu.
struct P { i64 n, hidden; Slot x, u, bias, before, cbefore, h, c, kept, dh, dc, dx, du, carry; };
DEV T sigmoid(T x) { return (T)1 / ((T)1 + Lane<T>::exp(-x)); }
#define GATES (CELL == 0 ? 4 : CELL == 1 ? 3 : 1)
KERNEL(forward)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x, H = p.hidden;
    if (i >= p.n) return;
    const i64 row = i / H, j = i % H, at = row * GATES * H + j;
    const T *x = p.x.ptr<T>() + at, *u = p.u.ptr<T>() + at;
    T* kept = p.kept.a ? p.kept.ptr<T>() + row * 4 * H + j : 0;
    if (CELL == 0)
    {
        const T in = sigmoid(x[0] + u[0]), forget = sigmoid(x[H] + u[H]), fresh = Lane<T>::tanh(x[2 * H] + u[2 * H]), out = sigmoid(x[3 * H] + u[3 * H]);
        const T cell = forget * p.cbefore.ptr<T>()[i] + in * fresh;
        p.c.ptr<T>()[i] = cell;
        p.h.ptr<T>()[i] = out * Lane<T>::tanh(cell);
        if (kept) { kept[0] = in; kept[H] = forget; kept[2 * H] = fresh; kept[3 * H] = out; }
    }
    else if (CELL == 1)
    {
        T a = u[0], b = u[H], state = u[2 * H];
        if (p.bias.a) { const T* bias = p.bias.ptr<T>() + j; a += bias[0]; b += bias[H]; state += bias[2 * H]; }
        const T reset = sigmoid(x[0] + a), update = sigmoid(x[H] + b), fresh = Lane<T>::tanh(x[2 * H] + reset * state);
        p.h.ptr<T>()[i] = fresh + update * (p.before.ptr<T>()[i] - fresh);
        if (kept) { kept[0] = reset; kept[H] = update; kept[2 * H] = fresh; kept[3 * H] = state; }
    }
    else p.h.ptr<T>()[i] = CELL == 2 ? Lane<T>::tanh(x[0] + u[0]) : Lane<T>::max(x[0] + u[0], (T)0);
}
// u: what flows back from the later step's gates; 0 at the last step
KERNEL(backward)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x, H = p.hidden;
    if (i >= p.n) return;
    const i64 row = i / H, j = i % H;
    const T* kept = CELL < 2 ? p.kept.ptr<T>() + row * 4 * H + j : 0;
    T* dx = p.dx.ptr<T>() + row * GATES * H + j;
    T dh = p.u.a ? p.u.ptr<T>()[i] : (T)0;
    if (p.dh.a) dh += p.dh.ptr<T>()[i];
    if (CELL == 0)
    {
        const T in = kept[0], forget = kept[H], fresh = kept[2 * H], out = kept[3 * H], bent = Lane<T>::tanh(p.c.ptr<T>()[i]);
        T dc = p.carry.ptr<T>()[i] + dh * out * (1 - bent * bent);
        if (p.dc.a) dc += p.dc.ptr<T>()[i];
        dx[0] = dc * fresh * in * (1 - in);
        dx[H] = dc * p.cbefore.ptr<T>()[i] * forget * (1 - forget);
        dx[2 * H] = dc * in * (1 - fresh * fresh);
        dx[3 * H] = dh * bent * out * (1 - out);
        p.carry.ptr<T>()[i] = dc * forget;
    }
    else if (CELL == 1)
    {
        const T reset = kept[0], update = kept[H], fresh = kept[2 * H], state = kept[3 * H];
        dh += p.carry.ptr<T>()[i];
        const T dfresh = dh * (1 - update) * (1 - fresh * fresh), dreset = dfresh * state * reset * (1 - reset), dupdate = dh * (p.before.ptr<T>()[i] - fresh) * update * (1 - update);
        T* du = p.du.ptr<T>() + row * GATES * H + j;
        dx[0] = dreset; dx[H] = dupdate; dx[2 * H] = dfresh;
        du[0] = dreset; du[H] = dupdate; du[2 * H] = dfresh * reset;
        p.carry.ptr<T>()[i] = dh * update;
    }
    else
    {
        const T h = p.h.ptr<T>()[i];
        dx[0] = CELL == 2 ? dh * (1 - h * h) : h <= 0 ? (T)0 : dh;
    }
}
