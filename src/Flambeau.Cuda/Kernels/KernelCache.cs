using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Flambeau.Cuda.Driver;
using Flambeau.Cuda.Libraries;

namespace Flambeau.Cuda.Kernels;

/// <summary>
/// Compiled kernels of one device: in memory by source, and on disk by source, architecture and compiler version, so that the next process starts
/// warm. The folder is <c>FLAMBEAU_CACHE</c>, or <c>flambeau/cuda</c> in the user's cache folder.
/// </summary>
internal sealed class KernelCache(CudaDevice device)
{
    readonly ConcurrentDictionary<string, Lazy<Module>> modules = new(StringComparer.Ordinal);
    readonly Lazy<string> version = new(static () => Nvrtc.Version);
    readonly string? folder = BinaryFolder.Default;

    /// <summary>Sources that had to be compiled, in this process.</summary>
    internal int Compiled => compiled;

    int compiled;

    /// <summary>A kernel of a source, which is put behind the prelude.</summary>
    internal Kernel Get(string source, string name) =>
        modules.GetOrAdd(source, static (s, to) => new(() => to.Self.Load(s, to.Name)), (Self: this, Name: name)).Value.Get(name);

    Module Load(string source, string name)
    {
        var full = Sources.Prelude + source;
        device.Bind();
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{device.Architecture}/{version.Value}/{full}")))[..40];
        var code = BinaryFolder.Read(folder, key);
        if (code is null)
        {
            code = Nvrtc.Compile(full, name, device.Architecture);
            Interlocked.Increment(ref compiled);
            BinaryFolder.Write(folder, key, code);
        }
        return new Module(device, code);
    }

    internal sealed unsafe class Module
    {
        readonly CudaDevice device;
        readonly nint handle;
        readonly ConcurrentDictionary<string, Kernel> kernels = new(StringComparer.Ordinal);

        internal Module(CudaDevice device, byte[] code)
        {
            this.device = device;
            nint h;
            fixed (byte* p = code) Api.Check(Api.cuModuleLoadData(&h, p), "cuModuleLoadData");
            handle = h;
        }

        internal Kernel Get(string name) => kernels.GetOrAdd(name, n =>
        {
            nint f;
            Api.Check(Api.cuModuleGetFunction(&f, handle, n), $"cuModuleGetFunction({n})");
            return new Kernel(device, f);
        });
    }
}
