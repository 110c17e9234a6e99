using Flambeau.Autograd;
using Flambeau.Compiler.Run;

namespace Flambeau.Compiler.Tests.Run;

/// <summary>Random graphs: what is compiled gives what the interpreter gives.</summary>
public class RandomProgramTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CompiledIsInterpreted(bool emit)
    {
        using var off = Grad.No();
        for (var seed = 0; seed < (emit ? 250 : 120); seed++)
        {
            var (graph, inputs) = RandomPrograms.Make(seed);
            var expected = graph.Run([.. inputs]);
            Emit.PassCache.Emits = emit;
            Executable code;
            try
            {
                code = Executable.Compile(graph, inputs);
            }
            finally
            {
                Emit.PassCache.Emits = true;
            }
            for (var run = 0; run < 2; run++)
            {
                var actual = code.Run(inputs);
                for (var k = 0; k < expected.Length; k++) RandomPrograms.Compare(seed, graph, (Tensor)expected[k]!, (Tensor)actual[k]!);
            }
            code.Plan.Verify();
        }
    }
}
