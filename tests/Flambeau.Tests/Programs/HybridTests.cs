using Flambeau.Formats;
using Flambeau.Tests.Formats;

namespace Flambeau.Tests.Programs;

/// <summary>The sample that goes from eager code to script, trace, compiled code, archive and ONNX does so.</summary>
public sealed class HybridTests
{
    [Fact]
    public void The_sample_runs_and_writes_its_files() => Samples.InFolder(folder =>
    {
        var (code, output, error) = Child.Run("Hybrid", folder);
        Assert.True(code == 0, output + error);
        foreach (var stage in (string[])["script:", "trace, on other points:", "compiled:", "archive:", "ONNX:"]) Assert.Contains(stage, output, StringComparison.Ordinal);
        Assert.Contains("loop(", output, StringComparison.Ordinal);
        Assert.Equal("two spirals", Archive.Load(Path.Combine(folder, "spirals.flambeau")).Metadata["task"]);
        Assert.NotEmpty(Onnx.Load(Path.Combine(folder, "spirals.onnx")).Inputs);
    });
}
