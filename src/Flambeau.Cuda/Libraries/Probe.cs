using System.Runtime.InteropServices;

namespace Flambeau.Cuda.Libraries;

/// <summary>Finds NVIDIA's libraries: by name as the system's loader does, in <c>CUDA_HOME</c>, in Python's <c>nvidia-*</c> wheels, in the usual folders.</summary>
internal sealed class Probe(Func<string, string?> variable, Func<string, bool> folderExists, Func<string, nint> load)
{
    /// <summary>Of this process.</summary>
    internal static Probe Default { get; } = new(Environment.GetEnvironmentVariable, Directory.Exists,
        static path => NativeLibrary.TryLoad(path, out var handle) ? handle : 0);

    static readonly Dictionary<string, (string[] Names, string[] Wheels)> known = new(StringComparer.Ordinal)
    {
        [Driver.Api.Library] = (OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"], []),
        ["nvrtc"] = (["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"], ["cu13", "cuda_nvrtc"]),
        ["cublasLt"] = (["libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so"], ["cu13", "cublas"]),
        ["cudnn"] = (["libcudnn.so.9", "libcudnn.so"], ["cudnn"]),
    };

    readonly Dictionary<string, nint> loaded = new(StringComparer.Ordinal);

    /// <summary>The library; loaded once.</summary>
    /// <exception cref="DllNotFoundException">It isn't found; the message lists what was tried.</exception>
    internal nint Load(string library)
    {
        lock (loaded)
        {
            if (loaded.TryGetValue(library, out var handle)) return handle;
            var tried = new List<string>();
            foreach (var path in Candidates(library))
            {
                tried.Add(path);
                if (load(path) is var h and not 0) return loaded[library] = h;
            }
            throw new DllNotFoundException(Help(library, tried));
        }
    }

    /// <summary>Paths and names to try, in order.</summary>
    internal IEnumerable<string> Candidates(string library)
    {
        var (names, wheels) = known[library];
        foreach (var home in Homes())
        {
            foreach (var folder in new[] { Path.Combine(home, "lib64"), Path.Combine(home, "lib"), Path.Combine(home, "targets", "x86_64-linux", "lib") })
            {
                if (!folderExists(folder)) continue;
                foreach (var n in names) yield return Path.Combine(folder, n);
            }
        }
        foreach (var n in names) yield return n;
        if (wheels.Length == 0)
        {
            foreach (var n in names) yield return Path.Combine("/usr/local/nvidia/lib64", n);
            yield break;
        }
        foreach (var site in SitePackages())
        {
            foreach (var wheel in wheels)
            {
                var folder = Path.Combine(site, "nvidia", wheel, "lib");
                if (!folderExists(folder)) continue;
                foreach (var n in names) yield return Path.Combine(folder, n);
            }
        }
        foreach (var folder in new[] { "/usr/local/cuda/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/opt/cuda/lib64" })
        {
            if (!folderExists(folder)) continue;
            foreach (var n in names) yield return Path.Combine(folder, n);
        }
    }

    IEnumerable<string> Homes()
    {
        foreach (var name in new[] { "CUDA_HOME", "CUDA_PATH" })
        {
            if (variable(name) is { Length: > 0 } home) yield return home;
        }
    }

    /// <summary>Of the Python that runs first: of the active environment, and beside each <c>python3</c> in the path.</summary>
    IEnumerable<string> SitePackages()
    {
        var roots = new List<string>();
        if (variable("VIRTUAL_ENV") is { Length: > 0 } env) roots.Add(env);
        foreach (var p in (variable("PYTHONPATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)) yield return p;
        foreach (var p in (variable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Path.GetFileName(p.TrimEnd('/')) == "bin" && Path.GetDirectoryName(p.TrimEnd('/')) is { } root) roots.Add(root);
        }
        foreach (var root in roots.Distinct())
        {
            var lib = Path.Combine(root, "lib");
            if (!folderExists(lib)) continue;
            for (var minor = 8; minor < 20; minor++)
            {
                foreach (var kind in new[] { "site-packages", "dist-packages" })
                {
                    var site = Path.Combine(lib, $"python3.{minor}", kind);
                    if (folderExists(site)) yield return site;
                }
            }
        }
    }

    static string Help(string library, List<string> tried)
    {
        var what = library switch
        {
            Driver.Api.Library => "the CUDA driver: this machine has no NVIDIA GPU, or its driver isn't installed or not visible in this container",
            "nvrtc" => "NVRTC, the run-time compiler of CUDA C; it comes with the CUDA toolkit, or as 'pip install nvidia-cuda-nvrtc'",
            "cublasLt" => "cuBLASLt; it comes with the CUDA toolkit, or as 'pip install nvidia-cublas'",
            _ => "cuDNN 9; it comes from NVIDIA's site, or as 'pip install nvidia-cudnn-cu13'",
        };
        return $"can't load {what}. Set CUDA_HOME to the toolkit's folder, or activate the Python environment that has the wheel. Tried:\n  {string.Join("\n  ", tried)}";
    }
}
