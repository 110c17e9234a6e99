// cuBLASLt, as far as it is used: column-major products with batches, strides and a summand.
#include <complex>
#include <cstring>
#include <functional>

typedef void* Any;
typedef std::complex<double> Z;
typedef std::complex<float> C;
struct Layout { int type; unsigned long rows, columns; long step; int batch; long stride; };
struct Operation { int compute, scale, turnA, turnB; };

static float wide(unsigned short h) { _Float16 x; memcpy(&x, &h, 2); return x; }
static unsigned short narrow(float f) { _Float16 x = f; unsigned short h; memcpy(&h, &x, 2); return h; }
static float brain(unsigned short h) { unsigned u = (unsigned)h << 16; float f; memcpy(&f, &u, 4); return f; }
static unsigned short brain(float f) { unsigned u; memcpy(&u, &f, 4); return (u + 0x7fff + ((u >> 16) & 1)) >> 16; }
static Z get(int type, void* p, long i)
{
    switch (type)
    {
        case 0: return ((float*)p)[i];
        case 1: return ((double*)p)[i];
        case 2: return wide(((unsigned short*)p)[i]);
        case 14: return brain(((unsigned short*)p)[i]);
        case 4: return ((C*)p)[i];
        default: return ((Z*)p)[i];
    }
}
static void put(int type, void* p, long i, Z z)
{
    switch (type)
    {
        case 0: ((float*)p)[i] = z.real(); break;
        case 1: ((double*)p)[i] = z.real(); break;
        case 2: ((unsigned short*)p)[i] = narrow(z.real()); break;
        case 14: ((unsigned short*)p)[i] = brain((float)z.real()); break;
        case 4: ((C*)p)[i] = C(z); break;
        default: ((Z*)p)[i] = z;
    }
}

bool note(Any stream, std::function<void()> work);

extern "C" {
int cublasLtCreate(Any* h) { *h = (Any)5; return 0; }
int cublasLtMatmulDescCreate(Operation** d, int compute, int scale) { *d = new Operation{compute, scale, 0, 0}; return 0; }
int cublasLtMatmulDescSetAttribute(Operation* d, int a, void* v, size_t) { if (a == 3) d->turnA = *(int*)v; else if (a == 4) d->turnB = *(int*)v; return 0; }
int cublasLtMatrixLayoutCreate(Layout** l, int type, unsigned long rows, unsigned long columns, long step) { if (step < (long)rows) return 7; *l = new Layout{type, rows, columns, step, 1, 0}; return 0; }
int cublasLtMatrixLayoutSetAttribute(Layout* l, int a, void* v, size_t) { if (a == 5) l->batch = *(int*)v; else if (a == 6) l->stride = *(long*)v; return 0; }
int cublasLtMatmulPreferenceCreate(Any* p) { *p = (Any)6; return 0; }
int cublasLtMatmulPreferenceSetAttribute(Any, int, void*, size_t) { return 0; }
int cublasLtMatmulPreferenceDestroy(Any) { return 0; }
int cublasLtMatmulAlgoGetHeuristic(Any, Any, Any, Any, Any, Any, Any, int, void* results, int* n) { memset(results, 0, 96); *n = 1; return 0; }
static int product(Operation* o, Z keep, Any a, Layout* la, Any b, Layout* lb, Any c, Layout* lc, Any d, Layout* ld)
{
    const unsigned long m = ld->rows, n = ld->columns, k = o->turnA ? la->rows : la->columns;
    if ((o->turnA ? la->columns : la->rows) != m || (o->turnB ? lb->rows : lb->columns) != n || (o->turnB ? lb->columns : lb->rows) != k) return 7;
    for (int x = 0; x < ld->batch; x++) for (unsigned long j = 0; j < n; j++) for (unsigned long i = 0; i < m; i++)
    {
        Z sum = 0;
        for (unsigned long q = 0; q < k; q++)
            sum += get(la->type, a, x * la->stride + (o->turnA ? q + i * la->step : i + q * la->step)) * get(lb->type, b, x * lb->stride + (o->turnB ? j + q * lb->step : q + j * lb->step));
        const long at = x * ld->stride + i + j * ld->step;
        if (keep != 0.0) sum += keep * get(lc->type, c, at);
        put(ld->type, d, at, sum);
    }
    return 0;
}
int cublasLtMatmul(Any, Operation* o, void*, Any a, Layout* la, Any b, Layout* lb, void* beta, Any c, Layout* lc, Any d, Layout* ld, void*, Any, size_t, Any stream)
{
    const Z keep = get(o->scale, beta, 0);
    if (note(stream, [=] { product(o, keep, a, la, b, lb, c, lc, d, ld); })) return 0;
    return product(o, keep, a, la, b, lb, c, lc, d, ld);
}
}
