// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011): an element's draw depends on key, block and its number only, as on the host.
DEV void philox(u64 key, u64 block, u32* w)
{
    u32 a = (u32)block, b = (u32)(block >> 32), c = 0, d = 0, k0 = (u32)key, k1 = (u32)(key >> 32);
    #pragma unroll
    for (int r = 0; r < 10; r++)
    {
        const u32 h0 = __umulhi(0xD2511F53u, a), l0 = 0xD2511F53u * a, h1 = __umulhi(0xCD9E8D57u, c), l1 = 0xCD9E8D57u * c;
        a = h1 ^ b ^ k0; b = l1; c = h0 ^ d ^ k1; d = l0;
        k0 += 0x9E3779B9u; k1 += 0xBB67AE85u;
    }
    w[0] = a; w[1] = b; w[2] = c; w[3] = d;
}
