using System.Text.Json;
using Flambeau.Cli;
using Flambeau.Formats;

namespace Flambeau.Tests.Cli;

public class AppTests
{
    static (int Code, string Output, string Error) Run(params string[] args)
    {
        StringWriter output = new(), error = new();
        var code = App.Run(args, Terminal.Plain(output, error));
        return (code, output.ToString(), error.ToString());
    }

    static void IsOneLine(string error, string contains)
    {
        Assert.StartsWith("flambeau: ", error);
        Assert.Equal(error.Length - 1, error.IndexOf('\n'));
        Assert.Contains(contains, error);
    }

    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("info", "--help")]
    public void HelpGoesToTheOutput(params string[] args)
    {
        var (code, output, error) = Run(args);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("Usage:", output);
    }

    [Fact]
    public void VersionIsANumber() => Assert.Matches(@"^\d+\.\d+\.\d+\s*$", Run("--version").Output);

    [Theory]
    [InlineData("nonsense")]
    [InlineData("info")]
    [InlineData("info", "x", "--colour")]
    public void UsageErrorsReturnTwo(params string[] args)
    {
        var (code, output, error) = Run(args);
        Assert.Equal((2, ""), (code, output));
        IsOneLine(error, "--help");
    }

    [Fact]
    public void FailuresReturnOne()
    {
        var (code, output, error) = Run("info", "/nowhere/model.safetensors");
        Assert.Equal((1, ""), (code, output));
        IsOneLine(error, "/nowhere/model.safetensors");
    }

    [Fact]
    public void InfoListsTensorsAndMetadata()
    {
        var path = Path.GetTempFileName();
        try
        {
            Dictionary<string, Tensor> tensors = new() { ["fc.weight"] = Tensor.Zeros([2, 3]), ["fc.bias"] = Tensor.Zeros([2], DType.Float64) };
            Safetensors.Save(path, tensors, new Dictionary<string, string> { ["made_by"] = "a test\u001b[31m" });
            var (code, output, _) = Run("info", path);
            Assert.Equal(0, code);
            Assert.Contains("2 tensors, 8 elements, 40 B", output);
            Assert.Contains("[2, 3]", output);
            Assert.Contains("made_by = a test\\u001b[31m", output);

            using var json = JsonDocument.Parse(Run("info", path, "--json").Output);
            Assert.Equal(40, json.RootElement.GetProperty("bytes").GetInt64());
            Assert.Equal(2, json.RootElement.GetProperty("tensors").GetArrayLength());

            File.WriteAllText(path, "not a model");
            var bad = Run("info", path);
            Assert.Equal(1, bad.Code);
            IsOneLine(bad.Error, path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
