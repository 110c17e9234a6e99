using System.Runtime.InteropServices;
using System.Text;

namespace Flambeau.Cuda.Libraries;

/// <summary>NVRTC: CUDA C to machine code at run time.</summary>
internal static unsafe partial class Nvrtc
{
    const string Library = "nvrtc";

    [LibraryImport(Library)] private static partial int nvrtcVersion(int* major, int* minor);
    [LibraryImport(Library)] private static partial int nvrtcCreateProgram(nint* program, byte* source, byte* name, int headers, byte** contents, byte** names);
    [LibraryImport(Library)] private static partial int nvrtcDestroyProgram(nint* program);
    [LibraryImport(Library)] private static partial int nvrtcCompileProgram(nint program, int count, byte** options);
    [LibraryImport(Library)] private static partial int nvrtcGetProgramLogSize(nint program, nuint* size);
    [LibraryImport(Library)] private static partial int nvrtcGetProgramLog(nint program, byte* log);
    [LibraryImport(Library)] private static partial int nvrtcGetCUBINSize(nint program, nuint* size);
    [LibraryImport(Library)] private static partial int nvrtcGetCUBIN(nint program, byte* code);

    /// <summary>Such as 13.0.</summary>
    internal static string Version
    {
        get
        {
            int major, minor;
            Check(nvrtcVersion(&major, &minor), "nvrtcVersion");
            return $"{major}.{minor}";
        }
    }

    /// <summary>Machine code for an architecture such as 90.</summary>
    /// <exception cref="CudaException">The source doesn't compile; the message has the log.</exception>
    internal static byte[] Compile(string source, string name, int architecture)
    {
        nint program;
        fixed (byte* text = Encoding.UTF8.GetBytes(source + "\0"))
        fixed (byte* label = Encoding.UTF8.GetBytes(name + ".cu\0"))
        fixed (byte* arch = Encoding.UTF8.GetBytes($"--gpu-architecture=sm_{architecture}\0"))
        fixed (byte* std = "--std=c++17\0"u8)
        fixed (byte* here = "--device-as-default-execution-space\0"u8)
        {
            Check(nvrtcCreateProgram(&program, text, label, 0, null, null), "nvrtcCreateProgram");
            try
            {
                var options = stackalloc byte*[3] { arch, std, here };
                var result = nvrtcCompileProgram(program, 3, options);
                if (result != 0) throw new CudaException($"NVRTC refused the kernel '{name}' (error {result}):\n{Log(program)}\n{source}");
                nuint size;
                Check(nvrtcGetCUBINSize(program, &size), "nvrtcGetCUBINSize");
                var code = new byte[size];
                fixed (byte* p = code) Check(nvrtcGetCUBIN(program, p), "nvrtcGetCUBIN");
                return code;
            }
            finally
            {
                _ = nvrtcDestroyProgram(&program);
            }
        }
    }

    static string Log(nint program)
    {
        nuint size;
        if (nvrtcGetProgramLogSize(program, &size) != 0) return "";
        var log = new byte[size];
        fixed (byte* p = log) _ = nvrtcGetProgramLog(program, p);
        return Encoding.UTF8.GetString(log).TrimEnd('\0');
    }

    static void Check(int result, string call)
    {
        if (result != 0) throw new CudaException($"{call} failed with error {result}");
    }
}
