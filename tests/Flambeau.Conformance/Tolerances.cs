namespace Flambeau.Conformance;

/// <summary>Wider float32 tolerances, each with its reason.</summary>
internal static class Tolerances
{
    static readonly Dictionary<string, (double Rtol, double Atol)> wider = [];

    internal static (double Rtol, double Atol) Of(string op) => wider.GetValueOrDefault(op, (Compare.Rtol, Compare.Atol));
}
