using System.Text.Json;
using System.Xml.Linq;
using Flambeau.Cli;
using Flambeau.Cli.Inspect;
using Flambeau.Formats;
using Flambeau.Graphs;
using Flambeau.Nn;
using Flambeau.Tests.Formats;

namespace Flambeau.Tests.Cli;

/// <summary>A layer of somebody's assembly.</summary>
[Module]
internal sealed partial class UsersLayer : Layer
{
    readonly Linear fc = new(3, 2);

    public override Tensor Forward(Tensor x) => fc.Forward(x).Relu();
}

/// <summary>A script of somebody's assembly.</summary>
[Module]
internal sealed partial class UsersScript : Module
{
    readonly Linear fc = new(3, 3);

    [Script]
    public Tensor Forward(Tensor x, int times = 2)
    {
        for (var i = 0; i < times; i++) x = x.Linear(fc.Weight, fc.Bias);
        return x;
    }
}

/// <summary>Functions of somebody's assembly.</summary>
internal static partial class UsersFunctions
{
    public static Tensor Twice(Tensor x, Tensor y) => x * 2 + y;

    [Script]
    public static Tensor Halved(Tensor x)
    {
        while (x.Sum().Item<float>() > 1) x /= 2;
        return x;
    }
}

/// <summary>trace, export, run and inspect.</summary>
public class ModelCommandTests
{
    static (int Code, string Output, string Error) Run(params string[] args)
    {
        StringWriter output = new(), error = new();
        var code = App.Run(args, Terminal.Plain(output, error));
        return (code, output.ToString(), error.ToString());
    }

    static string Good(params string[] args)
    {
        var (code, output, error) = Run(args);
        Assert.Equal((0, ""), (code, error));
        return output;
    }

    static void Refused(int code, string why, params string[] args)
    {
        var (actual, _, error) = Run(args);
        Assert.Equal(code, actual);
        Assert.StartsWith("flambeau: ", error, StringComparison.Ordinal);
        Assert.Equal(error.Length - 1, error.IndexOf('\n', StringComparison.Ordinal));
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_goes_to_an_archive_to_onnx_and_back_with_the_same_results() => Samples.InFolder(folder =>
    {
        string F(string name) => Path.Combine(folder, name);
        Assert.Contains("wrote", Good("trace", "lenet", "--out", F("a.flambeau"), "--dynamic", "N=0", "--metadata", "task=digits", "--seed", "3"), StringComparison.Ordinal);
        Assert.Equal("digits", Archive.Load(F("a.flambeau")).Metadata["task"]);
        NumpyFile.Save(F("x.npy"), Tensor.Randn([3, 1, 28, 28]));
        Good("run", F("a.flambeau"), "--input", F("x.npy"), "--output", F("a.npy"));
        Assert.Contains("median", Good("run", F("a.flambeau"), "-i", F("x.npy"), "-o", F("c.npz"), "--compile", "--repeat", "2"), StringComparison.Ordinal);
        Good("export", F("a.flambeau"), "--out", F("a.onnx"), "--opset", "20", "--external-data", "1000");
        Assert.True(File.Exists(F("a.onnx.data")));
        Good("run", F("a.onnx"), "-i", F("x.npy"), "-o", F("o.safetensors"));
        Good("trace", F("a.onnx"), "-o", F("b.flambeau"));
        Good("run", F("b.flambeau"), "-i", F("x.npy"), "-o", F("b.npy"));
        var expected = NumpyFile.Load(F("a.npy"))[""];
        Assert.Equal([3, 10], expected.Shape);
        Assert.True(expected.Allclose(NumpyFile.Load(F("c.npz")).Values.Single(), 1e-4, 1e-5));
        Assert.True(expected.Allclose(Safetensors.Load(F("o.safetensors")).Values.Single(), 1e-4, 1e-5));
        Assert.True(expected.Allclose(NumpyFile.Load(F("b.npy"))[""], 1e-4, 1e-5));
        Assert.Contains("[5, 10]", Good("run", F("a.flambeau"), "--set", "N=5"), StringComparison.Ordinal);
        Assert.Contains("[4, 10]", Good("run", F("a.flambeau"), "--shape", "4,1,28,28"), StringComparison.Ordinal);
    });

    [Fact]
    public void Code_of_an_assembly_is_traced_or_scripted() => Samples.InFolder(folder =>
    {
        var dll = typeof(ModelCommandTests).Assembly.Location;
        var path = Path.Combine(folder, "m.flambeau");
        Good("trace", $"{dll}:Flambeau.Tests.Cli.UsersLayer", "-o", path, "--shape", "4,3");
        Assert.Equal([4, 2], Archive.Load(path)["Forward"].Run(Tensor.Ones([4, 3])).Cast<Tensor>().Single().Shape);
        Good("trace", $"{dll}:UsersScript", "-o", path);
        Assert.Contains("[2, 3]", Good("run", path, "--shape", "x=2,3", "--set", "times=4"), StringComparison.Ordinal);
        Assert.Equal(2L, Archive.Load(path).Functions["Forward"].Parameters[1].Default);
        Assert.Contains("loop", Good("inspect", path, "--text"), StringComparison.Ordinal);
        Good("trace", $"{dll}:Flambeau.Tests.Cli.UsersFunctions.Twice", "-o", path, "--shape", "4,3", "--shape", "3");
        Assert.Contains("mul", Good("inspect", path), StringComparison.Ordinal);
        Good("trace", $"{dll}:Flambeau.Tests.Cli.UsersFunctions.Halved", "-o", path);
        Assert.Contains("loop", Good("inspect", path, "--shape", "3"), StringComparison.Ordinal);
        Refused(1, "Flambeau.Tests.Cli.Users", "inspect", $"{dll}:None");
        Refused(1, "no static method", "inspect", $"{dll}:Flambeau.Tests.Cli.UsersFunctions.None");
        Refused(2, "--shape", "inspect", $"{dll}:UsersLayer");
        Refused(1, "no file", "inspect", "/nowhere/app.dll:X");
    });

    [Fact]
    public void Inspection_tells_sizes_operations_and_memory()
    {
        var text = Good("inspect", "lenet", "--plan");
        Assert.Contains("parameters: 431,080 elements in 8 tensors", text, StringComparison.Ordinal);
        // 2 · (20·24²·25 + 50·8²·500 + 800·500 + 500·10) and one each for pools and activations
        Assert.Contains("operations of one run: 4.60 M", text, StringComparison.Ordinal);
        Assert.Contains("memory plan: ", text, StringComparison.Ordinal);
        Assert.Contains("in place of", text, StringComparison.Ordinal);
        Assert.Contains("float32 [1, 50, 8, 8]", text, StringComparison.Ordinal);
        Assert.StartsWith("graph ", Good("inspect", "mlp", "--text"), StringComparison.Ordinal);
        Assert.Contains("costs aren't known", Good("inspect", Samples.Checkpoint("script_control.pt")), StringComparison.Ordinal);
        Assert.Contains("×", Good("inspect", Samples.Checkpoint("script_control.pt"), "--shape", "1,3,8,8", "--set", "n=3"), StringComparison.Ordinal);
    }

    const string Hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u001b[31m&\"'";

    [Fact]
    public void The_page_is_complete_and_names_of_a_model_are_only_text() => Samples.InFolder(folder =>
    {
        var b = new GraphBuilder(Hostile);
        var x = b.Input(new TensorType(DType.Float32, [2]), Hostile);
        var w = b.AddState(Hostile, Tensor.Ones([2]), StateKind.Parameter);
        var path = Path.Combine(folder, "m.flambeau");
        Archive.Save(path, b.Finish(b.Call("add", x, w.Value)), [new(Hostile, Hostile)]);
        var page = Path.Combine(folder, "m.html");
        Assert.DoesNotContain("\u001b", Good("inspect", path, "--html", page), StringComparison.Ordinal);
        var html = File.ReadAllText(page);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotContain("alert(1)</script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", html, StringComparison.Ordinal);
        Assert.Equal(2, html.Split("<script").Length - 1);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html.Replace("http-equiv", "", StringComparison.Ordinal).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var svg = XElement.Parse(html[html.IndexOf("<svg", StringComparison.Ordinal)..(html.IndexOf("</svg>", StringComparison.Ordinal) + 6)]);
        var boxes = svg.Elements().Count(static e => (string?)e.Attribute("class") is { } c && c.StartsWith("box ", StringComparison.Ordinal));
        Assert.Equal(3, boxes);
        var data = html[(html.IndexOf("id=\"data\">", StringComparison.Ordinal) + 10)..];
        using var json = JsonDocument.Parse(data[..data.IndexOf("</script>", StringComparison.Ordinal)]);
        Assert.Equal(boxes, json.RootElement.GetArrayLength());
        Assert.Contains(json.RootElement[1].EnumerateArray(), static e => e.GetString()!.StartsWith("</script>", StringComparison.Ordinal));
    });

    [Fact]
    public void Drawn_boxes_lie_apart_and_below_what_feeds_them()
    {
        var graph = TorchScript.Load(Samples.Checkpoint("script_control.pt")).Graph;
        var d = Drawing.Of(graph, ["x", "n"], ["y"]);
        Assert.Equal(2, d.Boxes.Count(static b => b.Title == "end if"));
        Assert.All(d.Wires, w => Assert.True(d.Boxes[w.From].Y < d.Boxes[w.To].Y));
        Assert.All(d.Wires, w => Assert.All(w.Bends, p => Assert.InRange(p.Y, d.Boxes[w.From].Y + 1, d.Boxes[w.To].Y - 1)));
        foreach (var row in d.Boxes.GroupBy(static b => b.Y))
        {
            var sorted = row.OrderBy(static b => b.X).ToArray();
            for (var i = 1; i < sorted.Length; i++) Assert.True(sorted[i].X - sorted[i - 1].X >= (sorted[i].Width + sorted[i - 1].Width) / 2);
        }
        Assert.All(d.Boxes, b => Assert.InRange(b.X, b.Width / 2, d.Width - b.Width / 2));
    }

    [Fact]
    public void Wrong_use_is_told_in_one_line() => Samples.InFolder(folder =>
    {
        var path = Path.Combine(folder, "m.flambeau");
        Good("trace", "mlp", "-o", path);
        Refused(2, "--out", "trace", "lenet");
        Refused(2, "--opset", "export", path, "-o", "x.onnx", "--opset", "9");
        Refused(2, "--output", "run", path, "-o", "result.txt");
        Refused(2, "no list of sizes", "run", path, "--shape", "1,a");
        Refused(2, "no dtype", "run", path, "--shape", "1:float99");
        Refused(2, "no such tensor", "run", path, "--shape", "y=1,2");
        Refused(2, "no such input", "run", path, "--set", "y=1");
        Refused(2, "names no axis", "trace", "lenet", "-o", path, "--dynamic", "N");
        Refused(2, "no such axis", "trace", "lenet", "-o", path, "--dynamic", "N=7");
        Refused(2, "--weights", "run", path, "--weights", "w.pth");
        Refused(1, "can't be traced", "inspect", "lenet", "--shape", "1,3,8,8");
        Refused(1, "built-in networks are", "run", "nonsense");
        Refused(1, "no program 'Backward'", "run", path, "--graph", "Backward");
        Refused(1, "no file", "run", path, "--input", Path.Combine(folder, "none.npy"));
        Refused(1, "expected", "run", path, "--shape", "1,1,5,5");
        Refused(1, "is missing", "run", Samples.Checkpoint("script_control.pt"), "--shape", "1,3,8,8");
        File.WriteAllText(Path.Combine(folder, "bad.flambeau"), "PK no zip");
        Refused(1, "holds no program", "inspect", Path.Combine(folder, "bad.flambeau"));
        File.WriteAllText(Path.Combine(folder, "bad.onnx"), "no model");
        Refused(1, "bad.onnx", "inspect", Path.Combine(folder, "bad.onnx"));
        NumpyFile.Save(Path.Combine(folder, "two.npz"), [new("x0", Tensor.Ones([1])), new("other", Tensor.Ones([1]))]);
        Refused(1, "'other', which is no input", "run", path, "-i", Path.Combine(folder, "two.npz"));
    });
}
