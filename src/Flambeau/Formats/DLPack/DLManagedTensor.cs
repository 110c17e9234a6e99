using System.Runtime.InteropServices;

namespace Flambeau.Formats;

/// <summary>The C structures of DLPack (github.com/dmlc/dlpack, dlpack.h), unversioned form.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DLManagedTensor
{
    internal DLTensor Tensor;
    internal void* ManagerContext;
    internal delegate* unmanaged[Cdecl]<DLManagedTensor*, void> Deleter;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DLTensor
{
    internal void* Data;
    internal int DeviceType, DeviceId;
    internal int Rank;
    internal byte Code, Bits;
    internal ushort Lanes;
    internal long* Shape;
    internal long* Strides;
    internal ulong ByteOffset;
}
