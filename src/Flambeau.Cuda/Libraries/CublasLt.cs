using System.Runtime.InteropServices;

namespace Flambeau.Cuda.Libraries;

/// <summary>cuBLASLt, as far as it is used.</summary>
internal static unsafe partial class CublasLt
{
    const string Library = "cublasLt";

    internal const int R32F = 0, R64F = 1, R16F = 2, C32F = 4, C64F = 5, R16BF = 14;
    internal const int Compute32F = 68, Compute32FTf32 = 77, Compute64F = 70;

    [LibraryImport(Library)] internal static partial int cublasLtCreate(nint* handle);
    [LibraryImport(Library)] internal static partial int cublasLtMatmulDescCreate(nint* description, int computeType, int scaleType);
    [LibraryImport(Library)] internal static partial int cublasLtMatmulDescSetAttribute(nint description, int attribute, void* value, nuint size);
    [LibraryImport(Library)] internal static partial int cublasLtMatrixLayoutCreate(nint* layout, int type, ulong rows, ulong columns, long leading);
    [LibraryImport(Library)] internal static partial int cublasLtMatrixLayoutSetAttribute(nint layout, int attribute, void* value, nuint size);
    [LibraryImport(Library)] internal static partial int cublasLtMatmulPreferenceCreate(nint* preference);
    [LibraryImport(Library)] internal static partial int cublasLtMatmulPreferenceSetAttribute(nint preference, int attribute, void* value, nuint size);
    [LibraryImport(Library)] internal static partial int cublasLtMatmulPreferenceDestroy(nint preference);
    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulAlgoGetHeuristic(nint handle, nint description, nint a, nint b, nint c, nint d, nint preference, int wanted, void* results, int* found);
    [LibraryImport(Library)]
    internal static partial int cublasLtMatmul(nint handle, nint description, void* alpha, nint a, nint aLayout, nint b, nint bLayout, void* beta, nint c, nint cLayout, nint d, nint dLayout, void* algorithm, nint workspace, nuint workspaceBytes, nint stream);

    internal static void Check(int result, string call)
    {
        if (result != 0) throw new CudaException($"{call} failed with status {result} ({Name(result)})");
    }

    static string Name(int status) => status switch
    {
        1 => "not initialised",
        3 => "no memory",
        7 => "invalid value",
        8 => "needs another architecture",
        13 => "execution failed",
        14 => "internal error",
        15 => "not supported",
        _ => "unknown",
    };
}
