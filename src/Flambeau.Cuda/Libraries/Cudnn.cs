using System.Runtime.InteropServices;
using System.Text;

namespace Flambeau.Cuda.Libraries;

/// <summary>cuDNN 9 by its backend interface: everything is a descriptor with attributes, put together to a graph of operations.</summary>
internal static unsafe partial class Cudnn
{
    const string Library = "cudnn";

    [LibraryImport(Library)] internal static partial nuint cudnnGetVersion();
    [LibraryImport(Library)] internal static partial int cudnnCreate(nint* handle);
    [LibraryImport(Library)] internal static partial int cudnnSetStream(nint handle, nint stream);
    [LibraryImport(Library)] internal static partial nint cudnnGetErrorString(int status);
    [LibraryImport(Library)] internal static partial void cudnnGetLastErrorString(byte* message, nuint size);
    [LibraryImport(Library)] internal static partial int cudnnBackendCreateDescriptor(Kind kind, nint* descriptor);
    [LibraryImport(Library)] internal static partial int cudnnBackendDestroyDescriptor(nint descriptor);
    [LibraryImport(Library)] internal static partial int cudnnBackendFinalize(nint descriptor);
    [LibraryImport(Library)] internal static partial int cudnnBackendSetAttribute(nint descriptor, Attribute name, Type type, long count, void* values);
    [LibraryImport(Library)] internal static partial int cudnnBackendGetAttribute(nint descriptor, Attribute name, Type type, long wanted, long* count, void* values);
    [LibraryImport(Library)] internal static partial int cudnnBackendExecute(nint handle, nint plan, nint variants);

    /// <summary>What a descriptor describes.</summary>
    internal enum Kind
    {
        Pointwise = 0,
        Convolution = 1,
        Engine = 2,
        EngineConfig = 3,
        Heuristics = 4,
        Plan = 5,
        ConvolutionForward = 10,
        ConvolutionWeight = 11,
        ConvolutionInput = 12,
        PointwiseOperation = 13,
        Graph = 15,
        Variants = 16,
        Tensor = 17,
    }

    /// <summary>Types of attributes.</summary>
    internal enum Type
    {
        Handle = 0,
        DataType = 1,
        Boolean = 2,
        Int64 = 3,
        Float = 4,
        Double = 5,
        Pointer = 6,
        ConvolutionMode = 7,
        HeuristicsMode = 8,
        NumericalNote = 11,
        PointwiseMode = 14,
        Descriptor = 15,
    }

    /// <summary>Names of attributes.</summary>
    internal enum Attribute
    {
        PointwiseMode = 0,
        PointwisePrecision = 1,
        ConvolutionPrecision = 100,
        ConvolutionMode = 101,
        ConvolutionDilations = 102,
        ConvolutionStrides = 103,
        ConvolutionPostPaddings = 104,
        ConvolutionPrePaddings = 105,
        ConvolutionSpatialAxes = 106,
        HeuristicsMode = 200,
        HeuristicsGraph = 201,
        HeuristicsResults = 202,
        ConfigEngine = 300,
        PlanHandle = 400,
        PlanConfig = 401,
        PlanWorkspace = 402,
        ForwardAlpha = 700,
        ForwardBeta = 701,
        ForwardConvolution = 702,
        ForwardW = 703,
        ForwardX = 704,
        ForwardY = 705,
        InputAlpha = 706,
        InputBeta = 707,
        InputConvolution = 708,
        InputW = 709,
        InputDx = 710,
        InputDy = 711,
        WeightAlpha = 712,
        WeightBeta = 713,
        WeightConvolution = 714,
        WeightDw = 715,
        WeightX = 716,
        WeightDy = 717,
        PointwiseDescriptor = 750,
        PointwiseX = 751,
        PointwiseB = 752,
        PointwiseY = 753,
        GraphHandle = 800,
        GraphOperations = 801,
        TensorAlignment = 900,
        TensorType = 901,
        TensorSizes = 902,
        TensorStrides = 903,
        TensorId = 906,
        TensorIsVirtual = 907,
        VariantIds = 1000,
        VariantPointers = 1001,
        VariantWorkspace = 1003,
        EngineIndex = 1301,
        EngineNotes = 1303,
    }

    /// <summary>Which engines are proposed, and in which order.</summary>
    internal const int ModeB = 1, ModeFallback = 2, ModeA = 3;

    /// <summary>What an engine's arithmetic is like.</summary>
    internal const int NoteTensorCore = 0, NoteDownConverts = 1, NoteNondeterministic = 4;

    internal const int PointwiseAdd = 0, PointwiseRelu = 100, CrossCorrelation = 1, SingleData = 0, DoubleData = 1;

    internal static int DataType(DType dtype) => dtype switch
    {
        DType.Float32 => SingleData,
        DType.Float64 => DoubleData,
        DType.Float16 => 2,
        _ => 9,
    };

    internal static void Check(int status, string call)
    {
        if (status != 0) throw new CudaException($"{call} failed with {Explain(status)}");
    }

    /// <summary>The status by name, and what the library says about it.</summary>
    internal static string Explain(int status)
    {
        var text = stackalloc byte[512];
        text[0] = 0;
        cudnnGetLastErrorString(text, 512);
        var length = new ReadOnlySpan<byte>(text, 512).IndexOf((byte)0);
        return $"{Marshal.PtrToStringUTF8(cudnnGetErrorString(status)) ?? "status"} ({status}){(length > 0 ? ": " + Encoding.UTF8.GetString(text, length) : "")}";
    }
}
