using System.ComponentModel;
using System.Diagnostics;

namespace Flambeau.Cuda.Tests;

/// <summary>The tests of kernels once more in a process of their own, with g++ and the CPU in place of NVRTC and a GPU (see Emulator/). Skipped where there is a GPU, or no g++ that can do it.</summary>
public sealed class EmulatedTests
{
    static readonly string[] classes = [nameof(KernelTests), nameof(AttentionTests), nameof(FallbackTests)];

    [Fact]
    public void Kernels_compute_the_same_on_the_CPU()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("FLAMBEAU_EMULATOR") is not null, "this is the emulated run");
        Assert.SkipWhen(Cuda.IsAvailable, "this machine has a GPU, on which the same tests run");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the emulator is for Linux");
        var source = Path.Combine(AppContext.BaseDirectory, "Emulator");
        var home = Path.Combine(source, "home");
        var libraries = Path.Combine(home, "lib64");
        Directory.CreateDirectory(libraries);
        var library = Path.Combine(libraries, "libcuda.so.1");
        var (built, log) = Run("g++", ["-O1", "-std=c++17", "-shared", "-fPIC", "driver.cpp", "cublas.cpp", "-o", library, "-ldl"], source, []);
        Assert.SkipUnless(built == 0, $"kernels can't be emulated: g++ doesn't build the emulator here: {log}");
        foreach (var name in new[] { "libnvrtc.so.13", "libcublasLt.so.13" }) File.Copy(library, Path.Combine(libraries, name), overwrite: true);
        var self = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [typeof(EmulatedTests).Assembly.Location] : [];
        var (code, output) = Run(self, [.. program, "-noColor", .. classes.SelectMany(static c => new[] { "-class", $"{typeof(EmulatedTests).Namespace}.{c}" })], AppContext.BaseDirectory,
            new() { ["CUDA_HOME"] = home, ["FLAMBEAU_CACHE"] = Path.Combine(home, "cache"), ["FLAMBEAU_EMULATOR"] = source });
        Assert.True(code == 0, output);
        Assert.DoesNotContain("[SKIP]", output, StringComparison.Ordinal);
    }

    static (int Code, string Output) Run(string file, string[] arguments, string folder, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        try
        {
            using var process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(TimeSpan.FromMinutes(8)))
            {
                process.Kill(entireProcessTree: true);
                return (-2, $"{file} didn't end in 8 minutes");
            }
            return (process.ExitCode, output.Result + errors.Result);
        }
        catch (Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
