// Products of tiles on tensor cores, and 16-byte copies to shared memory that run while others compute. BF16 tells which half type T is.
#ifdef __CUDACC_RTC__
DEV u32 shared_address(const void* p) { u32 a; asm("{ .reg .u64 t; cvta.to.shared.u64 t, %1; cvt.u32.u64 %0, t; }" : "=r"(a) : "l"(p)); return a; }
// 16 bytes, or zeros
DEV void copy16(void* to, const void* from, bool there)
{
    const int n = there ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" :: "r"(shared_address(to)), "l"(from), "r"(n));
}
DEV void copies_done() { asm volatile("cp.async.wait_all;" ::: "memory"); }
// four matrices of 8 × 8; lane l gives the address of row l % 8 of matrix l / 8
DEV void load4(u32* r, const void* p) { asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(shared_address(p)) : "memory"); }
DEV void load4_turned(u32* r, const void* p) { asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(shared_address(p)) : "memory"); }
#if BF16
#define MMA_TYPES "bf16.bf16"
DEV u32 pack(f32 low, f32 high) { u32 r; asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low)); return r; }
#else
#define MMA_TYPES "f16.f16"
DEV u32 pack(f32 low, f32 high) { u32 r; asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low)); return r; }
#endif
DEV void mma(f32* d, const u32* a, u32 b0, u32 b1)
{
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32." MMA_TYPES ".f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
#else
DEV u32 pack(f32 low, f32 high) { T a = conv<T>(low), b = conv<T>(high); return a.v | (u32)b.v << 16; }
DEV f32 unpack(u32 r, int high) { T a; a.v = (u16)(r >> (high ? 16 : 0)); return conv<f32>(a); }
DEV void mma(f32* d, const u32* a, u32 b0, u32 b1) { emulated_mma(d, a, b0, b1, unpack); }
#endif
