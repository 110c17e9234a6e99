using System.Globalization;
using System.Text;
using Flambeau.Compiler.Loops;
using Flambeau.Cuda.Kernels;
using Flambeau.Ops;

namespace Flambeau.Cuda.Emit;

/// <summary>Writes kernels of optimizer steps: a parameter and up to two states are changed in one pass.</summary>
internal static class UpdateSource
{
    /// <summary>The kernel, named <c>update</c>; all operands lie in the same order.</summary>
    internal static (string Text, double[] Parameters) Write<TUpdate>(TUpdate update, DType dtype) where TUpdate : struct, IUpdate
    {
        var builder = new ExprBuilder(dtype);
        var inputs = new Expr[4];
        for (var i = 0; i < 4; i++) inputs[i] = builder.Input(false, false);
        var results = new ExprLane[3];
        ExprLane.For(builder, false, () =>
        {
            ExprLane w = new(inputs[0]), a = new(inputs[2]), b = new(inputs[3]);
            update.Apply(ref w, new ExprLane(inputs[1]), ref a, ref b);
            (results[0], results[1], results[2]) = (w, a, b);
            return w;
        });
        var writer = new CudaWriter(builder);
        var names = new[] { "w", "g", "a", "b" };
        for (var i = 0; i < 4; i++) writer.Name(inputs[i], names[i]);
        var stores = new StringBuilder();
        stores.Append(CultureInfo.InvariantCulture, $"    p.x[0].ptr<L>()[i] = {writer.Value(results[0].Expr)};\n");
        for (var s = 0; s < TUpdate.States; s++) stores.Append(CultureInfo.InvariantCulture, $"    p.x[{s + 2}].ptr<L>()[i] = {writer.Value(results[s + 1].Expr)};\n");
        var text = $"typedef {Sources.TypeOf(dtype)} L;\n#define K(i) p.constant[i]\nstruct P {{ i64 n, unused; Slot x[4]; f64 constant[CONSTANTS]; }};\n"
            + "KERNEL(update)\n{\n    const i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;\n    if (i >= p.n) return;\n    const L w = p.x[0].ptr<L>()[i], g = p.x[1].ptr<L>()[i];\n"
            + (TUpdate.States > 0 ? "    const L a = p.x[2].ptr<L>()[i];\n" : "") + (TUpdate.States > 1 ? "    const L b = p.x[3].ptr<L>()[i];\n" : "")
            + writer.Take() + stores + "}\n";
        var (filled, parameters) = FormulaText.Of(text).Fill(text, writer.Constants);
        return (filled.Replace("CONSTANTS", Math.Max(parameters.Length, 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), parameters);
    }
}
