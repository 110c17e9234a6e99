using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Flambeau.Cpu;

/// <summary>The register tiles of one vector width, by height. Drivers are written against this, once for every machine.</summary>
internal sealed unsafe class TileKernel<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Most scratch a tile can need: the tallest times the widest.</summary>
    public const int MaxTile = 12 * 32;

    /// <summary>The widest tile this machine runs in hardware.</summary>
    public static readonly TileKernel<T> Best = Create(
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0,
        AdvSimd.IsSupported || Avx512F.VL.IsSupported);

    private readonly delegate*<long, T*, long, long, T*, long, T, T, T*, long, void>[] packed, strided;

    private TileKernel(int rows, int lanes)
    {
        Rows = rows;
        Lanes = lanes;
        packed = new delegate*<long, T*, long, long, T*, long, T, T, T*, long, void>[13];
        strided = new delegate*<long, T*, long, long, T*, long, T, T, T*, long, void>[13];
    }

    /// <summary>Height of a packed panel of A.</summary>
    public int Rows { get; }

    /// <summary>Entries in one vector.</summary>
    public int Lanes { get; }

    /// <summary>Width of a panel of B.</summary>
    public int Cols => 2 * Lanes;

    /// <summary>The tiles of a register width of <paramref name="bits"/>, 0 meaning scalar; also off that hardware, for tests.</summary>
    public static TileKernel<T> Create(int bits, bool manyRegisters) => bits switch
    {
        512 => Fill<Vector512<T>, Simd512<T>>(12),
        256 => Fill<Vector256<T>, Simd256<T>>(manyRegisters ? 12 : 6),
        128 => Fill<Vector128<T>, Simd128<T>>(manyRegisters ? 12 : 6),
        _ => Fill<T, SimdScalar<T>>(6),
    };

    /// <summary>A tile of at most <see cref="Rows"/> rows from a packed panel of A.</summary>
    public void Packed(long rows, long k, T* a, T* b, long rsB, T alpha, T beta, T* c, long ldc) =>
        Split(packed, rows, k, a, 1, Rows, b, rsB, alpha, beta, c, ldc);

    /// <summary>A tile of at most <see cref="Rows"/> rows straight from A.</summary>
    public void Strided(long rows, long k, T* a, long rsA, long csA, T* b, long rsB, T alpha, T beta, T* c, long ldc) =>
        Split(strided, rows, k, a, rsA, csA, b, rsB, alpha, beta, c, ldc);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Split(delegate*<long, T*, long, long, T*, long, T, T, T*, long, void>[] tiles,
        long rows, long k, T* a, long rsA, long csA, T* b, long rsB, T alpha, T beta, T* c, long ldc)
    {
        var tile = tiles[rows];
        if (tile != null)
        {
            tile(k, a, rsA, csA, b, rsB, alpha, beta, c, ldc);
            return;
        }
        // The odd heights 7, 9, 10 and 11 are two tiles of nearly equal height, both of which exist.
        var half = (rows + 1) / 2;
        tiles[half](k, a, rsA, csA, b, rsB, alpha, beta, c, ldc);
        tiles[rows - half](k, a + half * rsA, rsA, csA, b, rsB, alpha, beta, c + half * ldc, ldc);
    }

    private static TileKernel<T> Fill<V, S>(int rows) where V : struct where S : struct, ISimd<T, V>
    {
        var kernel = new TileKernel<T>(rows, S.Count);
        kernel.Add<V, S, Rows1>();
        kernel.Add<V, S, Rows2>();
        kernel.Add<V, S, Rows3>();
        kernel.Add<V, S, Rows4>();
        kernel.Add<V, S, Rows5>();
        kernel.Add<V, S, Rows6>();
        if (rows == 6) return kernel;
        kernel.Add<V, S, Rows8>();
        kernel.Add<V, S, Rows12>();
        return kernel;
    }

    private void Add<V, S, R>() where V : struct where S : struct, ISimd<T, V> where R : struct, IRows
    {
        packed[R.Count] = &Tile<T, V, S, R, PackedPanel>.Run;
        strided[R.Count] = &Tile<T, V, S, R, StridedPanel>.Run;
    }
}
