using System.Collections.Concurrent;
using System.Numerics;
using Flambeau.Cuda.Driver;
using Flambeau.Cuda.Libraries;

namespace Flambeau.Cuda;

/// <summary>A matrix as cuBLASLt sees it: column-major, or its transpose; the distance to the next one of a batch.</summary>
internal readonly record struct MatrixView(bool Transposed, long Leading, long Batch);

/// <summary>Matrix products by cuBLASLt: descriptions and the chosen algorithm are kept for each shape.</summary>
internal sealed unsafe class Products(CudaDevice device)
{
    const long WorkspaceBytes = 32L << 20;

    readonly record struct Shape(DType DType, long Rows, long Columns, long Inner, long Batch, MatrixView A, MatrixView B, bool Adds, bool Tf32, int Alignment);

    sealed class Plan
    {
        internal nint Description, A, B, D;
        internal long Workspace;
        internal readonly byte[] Algorithm = new byte[96];
    }

    readonly ConcurrentDictionary<Shape, Plan> plans = new();
    readonly Lock gate = new();
    readonly ConcurrentDictionary<nint, nint> workspaces = new();
    nint handle;

    /// <summary><c>d = a · b</c>, plus what is in d already if asked. Row-major d is its transpose in column-major terms, so a and b change places.</summary>
    internal void Run(DType dtype, long rows, long columns, long inner, long batch, nint a, MatrixView aView, nint b, MatrixView bView, nint d, bool adds)
    {
        device.Bind();
        var shape = new Shape(dtype, rows, columns, inner, batch, aView, bView, adds, Cuda.AllowTf32, Alignment(dtype, a, aView, b, bView, d));
        var plan = plans.TryGetValue(shape, out var known) ? known : Make(shape);
        Complex one = 1, zero = 0;
        var (oneF, zeroF) = ((1f, 0f), (0f, 0f));
        var single = dtype is DType.Float32 or DType.Float16 or DType.BFloat16 or DType.Complex64;
        void* alpha = single ? &oneF : &one, beta = adds ? alpha : single ? &zeroF : &zero;
        fixed (byte* algorithm = plan.Algorithm)
        {
            CublasLt.Check(CublasLt.cublasLtMatmul(handle, plan.Description, alpha, b, plan.B, a, plan.A, beta, d, plan.D, d, plan.D, algorithm, Workspace(plan), (nuint)plan.Workspace, device.Stream), "cublasLtMatmul");
        }
    }

    /// <summary>Where an algorithm may work: each stream has a place, and each recording.</summary>
    nint Workspace(Plan plan)
    {
        if (plan.Workspace == 0) return 0;
        if (Compiled.Recorder.Current is { } recorder) return recorder.Take(plan.Workspace).Pointer;
        return workspaces.GetOrAdd(device.Stream, static (_, d) => d.Pool.Rent(WorkspaceBytes, out var _, Memory.MemoryUse.Workspaces), device);
    }

    /// <summary>Bytes, up to 16, that all operands begin at a multiple of, in every matrix of the batch.</summary>
    static int Alignment(DType dtype, nint a, MatrixView aView, nint b, MatrixView bView, nint d)
    {
        var bits = a | b | d | (nint)((aView.Batch | bView.Batch) * dtype.Size()) | 16;
        return (int)(bits & -bits);
    }

    Plan Make(Shape s)
    {
        lock (gate)
        {
            if (handle == 0)
            {
                nint h;
                CublasLt.Check(CublasLt.cublasLtCreate(&h), "cublasLtCreate");
                handle = h;
            }
            var (type, compute, scale) = s.DType switch
            {
                DType.Float32 => (CublasLt.R32F, s.Tf32 ? CublasLt.Compute32FTf32 : CublasLt.Compute32F, CublasLt.R32F),
                DType.Float64 => (CublasLt.R64F, CublasLt.Compute64F, CublasLt.R64F),
                DType.Float16 => (CublasLt.R16F, CublasLt.Compute32F, CublasLt.R32F),
                DType.BFloat16 => (CublasLt.R16BF, CublasLt.Compute32F, CublasLt.R32F),
                DType.Complex64 => (CublasLt.C32F, CublasLt.Compute32F, CublasLt.C32F),
                _ => (CublasLt.C64F, CublasLt.Compute64F, CublasLt.C64F),
            };
            var plan = new Plan();
            nint p;
            CublasLt.Check(CublasLt.cublasLtMatmulDescCreate(&p, compute, scale), "cublasLtMatmulDescCreate");
            plan.Description = p;
            int first = s.B.Transposed ? 1 : 0, second = s.A.Transposed ? 1 : 0;
            CublasLt.Check(CublasLt.cublasLtMatmulDescSetAttribute(p, 3, &first, 4), "cublasLtMatmulDescSetAttribute");
            CublasLt.Check(CublasLt.cublasLtMatmulDescSetAttribute(p, 4, &second, 4), "cublasLtMatmulDescSetAttribute");
            plan.B = Layout(type, s.Columns, s.Inner, s.B, s.Batch);
            plan.A = Layout(type, s.Inner, s.Rows, s.A, s.Batch);
            plan.D = Layout(type, s.Columns, s.Rows, new(false, s.Columns, s.Rows * s.Columns), s.Batch);
            Choose(plan, s);
            return plans[s] = plan;
        }
    }

    static nint Layout(int type, long rows, long columns, MatrixView view, long batch)
    {
        nint l;
        CublasLt.Check(CublasLt.cublasLtMatrixLayoutCreate(&l, type, (ulong)(view.Transposed ? columns : rows), (ulong)(view.Transposed ? rows : columns), view.Leading), "cublasLtMatrixLayoutCreate");
        if (batch > 1)
        {
            var n = (int)batch;
            var stride = view.Batch;
            CublasLt.Check(CublasLt.cublasLtMatrixLayoutSetAttribute(l, 5, &n, 4), "cublasLtMatrixLayoutSetAttribute");
            CublasLt.Check(CublasLt.cublasLtMatrixLayoutSetAttribute(l, 6, &stride, 8), "cublasLtMatrixLayoutSetAttribute");
        }
        return l;
    }

    void Choose(Plan plan, Shape s)
    {
        nint preference;
        CublasLt.Check(CublasLt.cublasLtMatmulPreferenceCreate(&preference), "cublasLtMatmulPreferenceCreate");
        var limit = (ulong)WorkspaceBytes;
        CublasLt.Check(CublasLt.cublasLtMatmulPreferenceSetAttribute(preference, 1, &limit, 8), "cublasLtMatmulPreferenceSetAttribute");
        // views may begin anywhere, and the fast algorithms want 16 bytes
        var alignment = (uint)s.Alignment;
        for (var attribute = 5; attribute <= 8; attribute++) _ = CublasLt.cublasLtMatmulPreferenceSetAttribute(preference, attribute, &alignment, 4);
        var results = stackalloc byte[256];
        int found = 0;
        var status = CublasLt.cublasLtMatmulAlgoGetHeuristic(handle, plan.Description, plan.B, plan.A, plan.D, plan.D, preference, 1, results, &found);
        _ = CublasLt.cublasLtMatmulPreferenceDestroy(preference);
        if (status != 0 || found == 0)
            throw new CudaException($"cuBLASLt has no algorithm for [{s.Rows}, {s.Inner}] · [{s.Inner}, {s.Columns}] of {s.DType.Name()}, batch {s.Batch} (status {status})");
        // the algorithm is the first 64 bytes of a result
        new ReadOnlySpan<byte>(results, 64).CopyTo(plan.Algorithm);
        plan.Workspace = Math.Min(*(long*)(results + 64), WorkspaceBytes);
    }
}
