using System.Text;
using CsCheck;
using Flambeau.Capture.Ast;
using Flambeau.Formats;
using Assert = Xunit.Assert;

namespace Flambeau.Tests.Formats;

/// <summary>TorchScript's Python is read as data: it becomes scripts, or is refused with its line.</summary>
public class TorchScriptCodeTests
{
    /// <summary>An archive of one module without members, whose code is this.</summary>
    internal static byte[] Archive(string code, params (string Name, byte[] Data)[] more) => Samples.Zip(
        Samples.Pickle("c__torch__\nM\n)", new byte[] { PickleOp.NewObj }, "}b"), [.. more.Any(static m => m.Name == "constants.pkl") ? [] : ((string, byte[])[])[("constants.pkl", Samples.Pickle(")"))], ("code/__torch__.py", Encoding.UTF8.GetBytes(code)), .. more]);

    static ScriptMethod Method(string code, string name = "forward") => TorchScriptArchive.Open(Archive(code), new()).Root.FindScripts(name).Single();

    static ScriptMethod Body(params string[] lines) => Method("class M(Module):\n  def forward(self: __torch__.M, x: Tensor, n: int=3) -> Tensor:\n    " + string.Join("\n    ", lines) + "\n");

    [Fact]
    public void Statements_become_those_of_scripts()
    {
        var m = Body("a, b, = torch.chunk(x, 2)", "while torch.lt(n, 3):", "  n = torch.add(n, 1)", "if bool(a):", "  pass", "else:", "  x[0] = b", "for i in range(n):", "  self.k = x", "return (a, b)");
        Assert.Equal([("x", false), ("n", true)], m.Parameters.Select(static p => (p.Name, p.HasDefault)));
        Assert.Equal(3L, m.Parameters[1].Default);
        Assert.Equal([typeof(Assign), typeof(While), typeof(If), typeof(ForEach), typeof(Return)], m.Body.Select(static s => s.GetType()));
        Assert.Equal([3, 4, 6, 10, 12], m.Body.Select(static s => s.Line));
        Assert.Equal("code/__torch__.py", m.File);
        Assert.IsType<MemberTarget>(Assert.IsType<Assign>(Assert.Single(((ForEach)m.Body[3]).Body)).Target);
    }

    [Fact]
    public void Calls_of_ATen_become_ops_operators_and_functions()
    {
        Expr Of(string e) => Assert.IsType<Return>(Body("return " + e).Body[0]).Value!;
        Assert.Equal(BinaryOp.Add, Assert.IsType<Binary>(Of("torch.add(x, 1)")).Op);
        Assert.Equal("add", Assert.IsType<OpCall>(Of("torch.add(x, 1, alpha=2)")).Name);
        Assert.Equal("relu_", Assert.IsType<OpCall>(Of("torch.relu_(x)")).Name);
        Assert.Equal("linalg.vector_norm", Assert.IsType<OpCall>(Of("torch.linalg_vector_norm(x)")).Name);
        Assert.Equal("nn.functional.pad", Assert.IsType<OpCall>(Of("torch.pad(x, [1, 1])")).Name);
        Assert.Equal(DType.Float64, ((Constant)Assert.IsType<OpCall>(Of("torch.to(x, 7)")).Args[1]).Value);
        Assert.Equal(Builtin.Shape, Assert.IsType<BuiltinCall>(Of("torch.size(x)")).Function);
        Assert.IsType<HostCall>(Of("torch.no_such_op(x)"));
        Assert.IsType<HostCall>(Of("ops.torchvision.nms(x, x, 0.5)"));
        Assert.Equal(double.NegativeInfinity, Assert.IsType<Constant>(Of("-inf")).Value);
        Assert.Equal("a\"é\n", Assert.IsType<Constant>(Of("\"a\\\"\\303\\251\\n\"")).Value);
        Assert.Equal(long.MinValue, Assert.IsType<Constant>(Of("-9223372036854775808")).Value);
    }

    [Theory]
    [InlineData("class M(Module):\n  def forward(self, x):\n  return x\n", "3: an indented block")]
    [InlineData("class M(Module):\n  def forward(self, x) -> Tensor:\n    return x +\n", "3: the end of the line")]
    [InlineData("class M(Module):\n  def forward(self, x: Tensor:\n    return x\n", "a bracket isn't closed")]
    [InlineData("class M(Module):\n  def forward(self, x):\n    return \"abc\n", "3: a string isn't closed")]
    [InlineData("class M(Module):\n  def forward(self, x):\n    return x; import os\n", "3: ';' means nothing here")]
    [InlineData("class M(Module):\n  def forward(self, x: Listing[int]):\n    return x\n", "'Listing' is no type")]
    [InlineData("class M(Module):\n  def forward(self, x):\n    return 99999999999999999999\n", "is no number")]
    [InlineData("class M(Module):\n  pass\nclass M(Module):\n  pass\n", "defined twice")]
    public void What_is_no_TorchScript_is_refused_at_its_line(string code, string why) => Assert.Contains(why, Assert.Throws<CheckpointException>(() => Method(code)).Message, StringComparison.Ordinal);

    [Fact]
    public void Depth_is_bounded()
    {
        foreach (var deep in (string[])[
            "return " + new string('(', 100_000) + new string(')', 100_000), "return " + new string('[', 100_000) + new string(']', 100_000),
            "return " + string.Concat(Enumerable.Repeat("f(", 100_000)) + new string(')', 100_000),
            "return x" + string.Concat(Enumerable.Repeat(".a", 100_000)), string.Concat(Enumerable.Repeat("if x: ", 100_000)), "return " + string.Concat(Enumerable.Repeat("x if x else ", 100_000)),
            string.Concat(Enumerable.Range(1, 3000).Select(static i => "if x:\n" + new string(' ', i + 4)))])
            Assert.Contains("more than", Assert.Throws<CheckpointException>(() => Body(deep)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_of_the_reference_archives_is_read()
    {
        foreach (var name in (string[])["trace_cnn.pt", "script_control.pt", "script_lstmcell.pt"])
        {
            var root = TorchScriptArchive.Open(Samples.Checkpoint(name), new()).Root;
            Assert.NotEmpty(root.FindScripts("forward").Single().Body);
            Assert.Empty(root.FindScripts("backward"));
            Assert.NotEmpty(root.ScriptState);
        }
        Assert.Equal(["conv.weight", "conv.bias", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked", "fc.weight", "fc.bias"],
            TorchScriptArchive.Open(Samples.Checkpoint("trace_cnn.pt"), new()).Root.ScriptState.Select(static s => s.Key));
    }

    [Fact]
    public void Damaged_code_gives_nothing_but_the_documented_exception()
    {
        var code = "class M(Module):\n  __parameters__ = [\"w\", ]\n  w : Tensor\n  def forward(self: __torch__.M,\n    x: Tensor) -> Tuple[Tensor, int]:\n    if torch.gt(x, 1.5e-3):\n      a, b, = (x, -1)\n    else:\n      a, b, = (self).forward(x, )\n    return (a, b)\n"u8.ToArray();
        Mutation.Of(code, [.. "()[]:,.= \n\"'\\#"u8]).Sample(static bytes => Mutation.Survives(() =>
        {
            if (Archive(Encoding.Latin1.GetString(bytes)) is var file) TorchScriptArchive.Open(file, new()).Root.FindScripts("forward").Count();
        }), iter: 5000);
    }

    [Fact]
    public void Shared_containers_of_a_pickle_cannot_grow()
    {
        // Each list holds the one before it twice: 2^150 leaves in a few hundred bytes.
        var parts = new List<object> { "c__torch__\nM\n)", new byte[] { PickleOp.NewObj }, "}", Samples.Text("x"), "]" };
        for (var i = 0; i < 150; i++) parts.AddRange(["q", i, "0(h", i, "h", i, "l"]);
        parts.Add("sb");
        var file = Samples.Zip(Samples.Pickle([.. parts]), ("constants.pkl", Samples.Pickle(")")), ("code/__torch__.py", "class M(Module):\n  pass\n"u8.ToArray()));
        Assert.True(TorchScriptArchive.Open(file, new()).Root.TryGetMember("x", out _));
    }
}
