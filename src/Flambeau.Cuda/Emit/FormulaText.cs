using System.Collections.Concurrent;
using System.Text;

namespace Flambeau.Cuda.Emit;

/// <summary>
/// Texts with holes for constants. The first op that has a text compiles it with its constants written in, so that the compiler can fold them; when
/// another one comes with other values, those that differ become parameters from then on (slopes, learning rates, 1 / n), and there is no third kernel.
/// </summary>
internal sealed class FormulaText
{
    static readonly ConcurrentDictionary<string, FormulaText> known = new(StringComparer.Ordinal);

    readonly Lock gate = new();
    double[]? first;
    bool[] varies = [];

    /// <summary>The state of a text.</summary>
    internal static FormulaText Of(string text) => known.GetOrAdd(text, static _ => new());

    /// <summary>The text with constants written in, and the values of those that are parameters; <c>K(i)</c> reads parameter i.</summary>
    internal (string Text, double[] Parameters) Fill(string text, IReadOnlyList<double> constants)
    {
        lock (gate)
        {
            if (first is null) (first, varies) = ([.. constants], new bool[constants.Count]);
            for (var i = 0; i < constants.Count; i++) varies[i] |= BitConverter.DoubleToInt64Bits(first[i]) != BitConverter.DoubleToInt64Bits(constants[i]);
            var filled = new StringBuilder(text);
            var parameters = new List<double>();
            for (var i = 0; i < constants.Count; i++)
            {
                filled.Replace(CudaWriter.Hole(i), varies[i] ? $"Lane<L>::constant(K({parameters.Count}))" : CudaWriter.Literal(constants[i]));
                if (varies[i]) parameters.Add(constants[i]);
            }
            return (filled.ToString(), [.. parameters]);
        }
    }
}
