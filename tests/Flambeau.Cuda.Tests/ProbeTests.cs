using Flambeau.Cuda.Libraries;

namespace Flambeau.Cuda.Tests;

public sealed class ProbeTests
{
    static Probe Make(Dictionary<string, string> variables, string[] folders, Func<string, nint> load) => new(variables.GetValueOrDefault, f => folders.Contains(f), load);

    [Fact]
    public void The_toolkit_comes_before_the_system_and_the_wheels_after()
    {
        var probe = Make(new() { ["CUDA_HOME"] = "/opt/cuda", ["VIRTUAL_ENV"] = "/venv" },
            ["/opt/cuda/lib64", "/venv/lib", "/venv/lib/python3.12/site-packages", "/venv/lib/python3.12/site-packages/nvidia/cu13/lib"], static _ => 0);
        var tried = probe.Candidates("nvrtc").ToList();
        var home = tried.IndexOf("/opt/cuda/lib64/libnvrtc.so.13");
        var system = tried.IndexOf("libnvrtc.so.13");
        var wheel = tried.IndexOf("/venv/lib/python3.12/site-packages/nvidia/cu13/lib/libnvrtc.so.13");
        Assert.True(home >= 0 && home < system && system < wheel);
    }

    [Fact]
    public void A_library_is_loaded_once()
    {
        var calls = 0;
        var probe = Make([], [], path => path == "libcudnn.so.9" ? 40 + ++calls : 0);
        Assert.Equal(41, probe.Load("cudnn"));
        Assert.Equal(41, probe.Load("cudnn"));
    }

    [Fact]
    public void What_was_tried_is_listed()
    {
        var e = Assert.Throws<DllNotFoundException>(() => Make([], [], static _ => 0).Load("nvrtc"));
        Assert.Contains("libnvrtc.so.12", e.Message, StringComparison.Ordinal);
        Assert.Contains("CUDA_HOME", e.Message, StringComparison.Ordinal);
    }
}
