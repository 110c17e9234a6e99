using System.Runtime.CompilerServices;
using Flambeau.Cpu;
using Flambeau.Cuda.Driver;
using Flambeau.Cuda.Emit;
using Flambeau.Cuda.Memory;
using Flambeau.Ops;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    internal override void Copy(Tensor x, Tensor y)
    {
        if (y.Numel == 0) return;
        if (ReferenceEquals(y.Storage.Backend, this))
        {
            if (ReferenceEquals(x.Storage.Backend, this)) CopyHere(x, y);
            else if (x.Storage.Backend is null && x.Numel == 1) CopyHere(x.Rank == 0 ? x : x.Alias(Layout.Scalar, x.Offset), y);
            else if (x.Storage.Backend is null) Upload(x, y);
            else
            {
                // from another GPU, through the host
                var host = Tensor.NewHost(x.Layout.DenseLike(), x.DType);
                x.Storage.Backend.Copy(x, host);
                Upload(host, y);
            }
            return;
        }
        if (y.Storage.Backend is null) Download(x, y);
        else y.Storage.Backend.Copy(x, y);
    }

    [ThreadStatic] static bool beside;

    /// <summary>Runs something whose copies need not be waited for.</summary>
    internal static T Beside<T>(Func<T> run)
    {
        var before = beside;
        beside = true;
        try
        {
            return run();
        }
        finally
        {
            beside = before;
        }
    }

    /// <summary>Copies to pinned memory without waiting.</summary>
    internal void CopyBeside(Tensor x, Tensor y) => Beside(() =>
    {
        using var scope = KernelScope.Enter();
        Copy(x, y);
        return y;
    });

    void CopyHere(Tensor x, Tensor y)
    {
        if (x.DType == y.DType && x.Storage.Backend is not null && y.Layout.IsDense
            && (x.Layout.SameStrides(y.Layout) || (x.Layout.IsContiguous && y.Layout.IsContiguous && x.Layout.SameSizes(y.Layout))))
        {
            device.Bind();
            Api.Check(Api.cuMemcpyDtoDAsync_v2(Address(y), Address(x), (nuint)(y.Numel * y.DType.Size()), device.Stream), "cuMemcpyDtoDAsync");
            return;
        }
        if (x.DType == y.DType && x.Storage.Backend is not null) Elementwise(new Copying(), Bits(x), null, null, Integer(x.DType), Bits(y));
        else Elementwise(new Copying(), x, null, null, x.DType, y);
    }

    /// <summary>The elements as integers of their size, so that moving is the same for all dtypes; 16 bytes stay complex.</summary>
    static Tensor Bits(Tensor t) => new(t.Storage, t.Layout, Integer(t.DType), t.Offset);

    static DType Integer(DType dtype) => dtype.Size() switch { 1 => DType.UInt8, 2 => DType.Int16, 4 => DType.Int32, 8 => DType.Int64, _ => DType.Complex128 };

    void Upload(Tensor x, Tensor y)
    {
        var direct = x.DType == y.DType && x.Layout.SameSizes(y.Layout) && y.Layout.IsDense ? y : null;
        if (direct is null)
        {
            var staged = Make(x.Layout.DenseLike(), x.DType);
            Upload(x, staged);
            CopyHere(staged, y);
            return;
        }
        if (!x.Layout.SameStrides(direct.Layout) && !(x.IsContiguous && direct.IsContiguous))
        {
            var dense = Tensor.NewHost(direct.Layout, x.DType);
            Cast.Copy(x, dense);
            x = dense;
        }
        MustNotRecord("a copy from the host");
        device.Bind();
        // pageable memory: the driver has taken the bytes when the call returns
        fixed (byte* from = &x.Kept<byte>())
            Api.Check(Api.cuMemcpyHtoDAsync_v2(Address(direct), (nint)from, (nuint)(direct.Numel * direct.DType.Size()), device.Stream), "cuMemcpyHtoDAsync");
        if (PinnedPool.Has(x) && !beside) Api.Check(Api.cuStreamSynchronize(device.Stream), "cuStreamSynchronize");
        GC.KeepAlive(x);
    }

    void Download(Tensor x, Tensor y)
    {
        if (x.DType != y.DType || !x.Layout.IsDense || !x.Layout.SameSizes(y.Layout))
        {
            var dense = Make(y.Layout.DenseLike(), y.DType);
            CopyHere(x, dense);
            x = dense;
        }
        var direct = y.Layout.SameStrides(x.Layout) || (y.IsContiguous && x.IsContiguous) ? y : Tensor.NewHost(x.Layout, x.DType);
        MustNotRecord("a copy to the host");
        device.Bind();
        fixed (byte* to = &direct.Kept<byte>())
        {
            Api.Check(Api.cuMemcpyDtoHAsync_v2((nint)to, Address(x), (nuint)(x.Numel * x.DType.Size()), device.Stream), "cuMemcpyDtoHAsync");
            if (!beside || !PinnedPool.Has(direct))
            {
                Api.Check(Api.cuStreamSynchronize(device.Stream), "cuStreamSynchronize");
                CheckBad();
            }
        }
        GC.KeepAlive(x);
        if (!ReferenceEquals(direct, y)) Cast.Copy(direct, y);
    }

    /// <summary>A conversion by the element types alone: what the input is read as is what it is.</summary>
    readonly record struct Copying : IFormula
    {
        public string Name => "copy";
        public static int Count => 1;
        public static Rule Rule => Rule.Same;
        public static DType ComputeType(DType promoted) => promoted;
        public Compiler.Loops.ExprLane Apply(Compiler.Loops.ExprLane a, Compiler.Loops.ExprLane b, Compiler.Loops.ExprLane c) => a;
    }
}
