// Convolutions of any groups, strides and dilations over three axes, an element a thread: where cuDNN isn't there or doesn't apply. Before this text: T.
struct P { i64 n, cin, cout, groups, in[3], out[3], k[3], stride[3], pad[3], dil[3], total; Slot a, b, bias, y; };
KERNEL(forward)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.total) return;
    const i64 w = i % p.out[2], h = i / p.out[2] % p.out[1], d = i / p.out[2] / p.out[1] % p.out[0], r = i / p.out[2] / p.out[1] / p.out[0], o = r % p.cout, n = r / p.cout;
    const i64 ci = p.cin / p.groups, g = o / (p.cout / p.groups), area = p.in[0] * p.in[1] * p.in[2], taps = p.k[0] * p.k[1] * p.k[2];
    T s = p.bias.a ? p.bias.ptr<T>()[o] : (T)0;
    for (i64 c = 0; c < ci; c++)
    {
        const T* x = p.a.ptr<T>() + (n * p.cin + g * ci + c) * area;
        const T* f = p.b.ptr<T>() + (o * ci + c) * taps;
        for (i64 kd = 0; kd < p.k[0]; kd++)
        {
            const i64 z = d * p.stride[0] - p.pad[0] + kd * p.dil[0];
            if (z < 0 || z >= p.in[0]) continue;
            for (i64 kh = 0; kh < p.k[1]; kh++)
            {
                const i64 y = h * p.stride[1] - p.pad[1] + kh * p.dil[1];
                if (y < 0 || y >= p.in[1]) continue;
                for (i64 kw = 0; kw < p.k[2]; kw++)
                {
                    const i64 v = w * p.stride[2] - p.pad[2] + kw * p.dil[2];
                    if (v >= 0 && v < p.in[2]) s += x[(z * p.in[1] + y) * p.in[2] + v] * f[(kd * p.k[1] + kh) * p.k[2] + kw];
                }
            }
        }
    }
    p.y.ptr<T>()[i] = s;
}
KERNEL(input)
{
    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.total) return;
    const i64 w = i % p.in[2], h = i / p.in[2] % p.in[1], d = i / p.in[2] / p.in[1] % p.in[0], r = i / p.in[2] / p.in[1] / p.in[0], c = r % p.cin, n = r / p.cin;
    const i64 ci = p.cin / p.groups, co = p.cout / p.groups, g = c / ci, area = p.out[0] * p.out[1] * p.out[2], taps = p.k[0] * p.k[1] * p.k[2];
    T s = p.bias.a ? p.bias.ptr<T>()[c] : (T)0;
    for (i64 o = g * co; o < (g + 1) * co; o++)
    {
        const T* dy = p.a.ptr<T>() + (n * p.cout + o) * area;
        const T* f = p.b.ptr<T>() + (o * ci + c % ci) * taps;
        for (i64 kd = 0; kd < p.k[0]; kd++)
        {
            i64 z = d + p.pad[0] - kd * p.dil[0];
            if (z < 0 || z % p.stride[0] != 0 || (z /= p.stride[0]) >= p.out[0]) continue;
            for (i64 kh = 0; kh < p.k[1]; kh++)
            {
                i64 y = h + p.pad[1] - kh * p.dil[1];
                if (y < 0 || y % p.stride[1] != 0 || (y /= p.stride[1]) >= p.out[1]) continue;
                for (i64 kw = 0; kw < p.k[2]; kw++)
                {
                    i64 v = w + p.pad[2] - kw * p.dil[2];
                    if (v < 0 || v % p.stride[2] != 0 || (v /= p.stride[2]) >= p.out[2]) continue;
                    s += dy[(z * p.out[1] + y) * p.out[2] + v] * f[(kd * p.k[1] + kh) * p.k[2] + kw];
                }
            }
        }
    }
    p.y.ptr<T>()[i] = s;
}
KERNEL_SYNC(weight)
{
    SHARED(T, sh, 128);
    const i64 i = blockIdx.x;
    const int t = threadIdx.x;
    const i64 kw = i % p.k[2], kh = i / p.k[2] % p.k[1], kd = i / p.k[2] / p.k[1] % p.k[0], r = i / p.k[2] / p.k[1] / p.k[0], ci = p.cin / p.groups, c = r % ci, o = r / ci, g = o / (p.cout / p.groups);
    const i64 area = p.out[0] * p.out[1] * p.out[2];
    T s = 0;
    for (i64 j = t; j < p.n * area; j += 128)
    {
        const i64 n = j / area, q = j % area, w = q % p.out[2], h = q / p.out[2] % p.out[1], d = q / p.out[2] / p.out[1];
        const i64 z = d * p.stride[0] - p.pad[0] + kd * p.dil[0], y = h * p.stride[1] - p.pad[1] + kh * p.dil[1], v = w * p.stride[2] - p.pad[2] + kw * p.dil[2];
        if (z < 0 || z >= p.in[0] || y < 0 || y >= p.in[1] || v < 0 || v >= p.in[2]) continue;
        s += p.b.ptr<T>()[(n * p.cout + o) * area + q] * p.a.ptr<T>()[(((n * p.cin + g * ci + c) * p.in[0] + z) * p.in[1] + y) * p.in[2] + v];
    }
    sh[t] = s;
    for (int half = 64; half > 0; half /= 2) { SYNC(); if (t < half) sh[t] += sh[t + half]; }
    if (t == 0) p.y.ptr<T>()[i] = sh[0];
}
