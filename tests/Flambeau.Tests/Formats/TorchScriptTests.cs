using Flambeau.Formats;
using Flambeau.Optim;

namespace Flambeau.Tests.Formats;

/// <summary>TorchScript archives run as graphs.</summary>
public class TorchScriptTests
{
    static ScriptModule Module(params string[] lines) => TorchScript.Load(TorchScriptCodeTests.Archive("class M(Module):\n" + string.Concat(lines.Select(static l => $"  {l}\n"))));

    static Tensor Of(params float[] values) => Tensor.From(values);

    [Theory]
    [InlineData("trace_cnn.pt", "tx", "ty", null)]
    [InlineData("script_control.pt", "x", "y0", 0L)]
    [InlineData("script_control.pt", "x", "y1", 1L)]
    [InlineData("script_control.pt", "x", "y3", 3L)]
    public void Reference_archives_give_the_reference_results_here_and_from_our_archive(string file, string input, string output, long? n) => Samples.InFolder(folder =>
    {
        var io = Safetensors.Load(Samples.Checkpoint("script_io.safetensors"));
        object?[] inputs = n is null ? [io[input]] : [io[input], n];
        var module = TorchScript.Load(Samples.Checkpoint(file));
        Assert.True(((Tensor)module.Call(inputs)!).Allclose(io[output], 1e-5, 1e-6));

        var path = Path.Combine(folder, "m.flambeau");
        module.Save(path, metadata: [new("from", file)]);
        var again = ScriptModule.Load(path);
        Samples.Same((Tensor)module.Call(inputs)!, (Tensor)again.Call(inputs)!);
        Assert.Equal(module.State.Select(static s => (s.Name, s.Kind)), again.State.Select(static s => (s.Name, s.Kind)));

        var before = ((Tensor)again.Call(inputs)!).Sum();
        before.Backward();
        new SGD(again.Parameters(), lr: 1e-3).Step();
        Assert.True(((Tensor)again.Call(inputs)!).Sum().Item<float>() < before.Item<float>());
    });

    [Fact]
    public void Optional_tuples_and_defaults_survive_the_archive() => Samples.InFolder(folder =>
    {
        var cell = TorchScript.Load(Samples.Checkpoint("script_lstmcell.pt"));
        var path = Path.Combine(folder, "m.flambeau");
        cell.Save(path);
        var again = ScriptModule.Load(path);
        var x = Tensor.Linspace(-1, 1, 12).Reshape([3, 4]);
        var first = (object?[])cell.Call(x)!;
        var second = (object?[])cell.Call(x, first)!;
        foreach (var (a, b) in first.Zip((object?[])again.Call(x)!).Concat(second.Zip((object?[])again.Call(x, first)!))) Samples.Same((Tensor)a!, (Tensor)b!);
        Assert.Contains("Expected input to be 1D or 2D, got 3D", Assert.ThrowsAny<Exception>(() => cell.Call(Tensor.Zeros([1, 2, 4]))).Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Writes_through_views_change_what_they_look_at()
    {
        var m = Module(
            "def forward(self: __torch__.M, x: Tensor) -> Tensor:", "  y = torch.clone(x)", "  _0 = torch.select(y, 0, 0)", "  _1 = torch.fill_(torch.slice(_0, 0, 1, 3), 7.)",
            "  _2 = torch.add_(torch.transpose(y, 0, 1), 1, alpha=2)", "  _3 = torch.copy_(torch.select(y, 0, 1), _0)", "  return y");
        Assert.Equal([2, 9, 9, 2, 9, 9], ((Tensor)m.Call(Tensor.Zeros([2, 3]))!).ToArray<float>());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 2)]
    [InlineData(100, 45)]
    public void Loops_lists_dictionaries_and_branches_run(long n, float expected)
    {
        var m = Module(
            "def forward(self: __torch__.M, x: Tensor, n: int) -> Tensor:", "  parts = annotate(List[Tensor], [])", "  d = annotate(Dict[str, Tensor], {})", "  _0 = torch._set_item(d, \"sum\", x)",
            "  go, i = torch.gt(n, 0), 0", "  while go:", "    _1 = torch._set_item(d, \"sum\", torch.add(d[\"sum\"], i))", "    i0 = torch.add(i, 1)",
            "    if torch.eq(torch.remainder(n, 2), 0):", "      _2 = torch.lt(i0, 10)", "    else:", "      _2 = False", "    go, i = torch.__and__(_2, torch.lt(torch.mul(i0, i0), torch.mul(n, n))), i0",
            "  for k in range(torch.len([1, 2])):", "    _3 = torch.append(parts, d[\"sum\"])", "  if torch.eq(n, 4):", "    r = torch.div(torch.add(parts[0], parts[-1]), 6)", "  else:",
            "    if torch.eq(n, 1):", "      r = torch.add(parts[1], 1)", "    else:", "      r = parts[0]", "  return r");
        Assert.Equal(expected, ((Tensor)m.Call(Of(0), n)!).ToArray<float>()[0]);
    }

    [Fact]
    public void Functions_of_modules_named_tuples_and_constants_are_found()
    {
        var file = TorchScriptCodeTests.Archive(
            "class P(NamedTuple):\n  a : Tensor\n  b : int\nclass M(Module):\n  def forward(self: __torch__.M, x: Tensor) -> Tuple[Tensor, int]:\n    _0 = __torch__.f.twice\n    p = (self).pair(_0(x, ), 4, )\n"
            + "    return ((p).a, torch.add((p)[1], CONSTANTS.c0))\n  def pair(self: __torch__.M, x: Tensor, n: int) -> __torch__.P:\n    return __torch__.P(torch.mul(x, n), n)\n",
            ("constants.pkl", Samples.Pickle("(K", 3, "t")), ("code/__torch__/f.py", "def twice(x: Tensor,\n  by: float=2.) -> Tensor:\n  return torch.mul(x, by)\n"u8.ToArray()));
        var result = (object?[])TorchScript.Load(file).Call(Of(1, 2))!;
        Assert.Equal([8, 16], ((Tensor)result[0]!).ToArray<float>());
        Assert.Equal(7L, result[1]);
    }

    [Fact]
    public void Fast_paths_of_transformers_are_what_they_stand_for()
    {
        var m = Module(
            "def forward(self: __torch__.M, x: Tensor, w: Tensor, b: Tensor, p: Tensor, c: Tensor, mask: Tensor) -> Tuple[Tensor, Optional[Tensor]]:",
            "  return torch._native_multi_head_attention(x, x, x, 4, 2, w, b, p, c, mask, True, True, 1)");
        var (x, w, p) = (Tensor.Randn([2, 3, 4]), Tensor.Randn([12, 4]), Tensor.Randn([4, 4]));
        var mask = Tensor.From([false, false, true, false, true, false]).Reshape([2, 3]);
        var result = (object?[])m.Call(x, w, Tensor.Zeros([12]), p, Tensor.Zeros([4]), mask)!;
        var q = x.Linear(w).Reshape([2, 3, 3, 2, 2]).Permute([2, 0, 3, 1, 4]);
        var scores = (q[0].MatMul(q[1].Transpose(-1, -2)) / Math.Sqrt(2)).MaskedFill(mask.Reshape([2, 1, 1, 3]), double.NegativeInfinity).Softmax(-1);
        Assert.True(((Tensor)result[0]!).Allclose(scores.MatMul(q[2]).Transpose(1, 2).Reshape([2, 3, 4]).Linear(p), 1e-4, 1e-5));
        Assert.True(((Tensor)result[1]!).Allclose(scores.Mean([1]), 1e-4, 1e-5));
    }

    [Theory]
    [InlineData("  return torch.no_such_op(x)", "torch.no_such_op isn't known")]
    [InlineData("  return ops.torchvision.nms(x, x, 0.5)", "torchvision::nms")]
    [InlineData("  return (self).forward(x, )", "")]
    [InlineData("  return y", "y")]
    public void What_cannot_run_is_refused_when_it_is_reached(string line, string why)
    {
        var m = Module("def forward(self: __torch__.M, x: Tensor) -> Tensor:", line);
        Assert.Contains(why, Assert.ThrowsAny<Exception>(() => m.Call(Of(1))).Message, StringComparison.Ordinal);
        var unreached = Module("def forward(self: __torch__.M, x: Tensor) -> Tensor:", "  if False:", "  " + line, "  else:", "    pass", "  return x");
        if (why.Length > 1) Assert.Equal([1], ((Tensor)unreached.Call(Of(1))!).ToArray<float>());
    }
}
