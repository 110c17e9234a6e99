namespace Flambeau.Optim;

/// <summary>Checks of options.</summary>
internal static class Check
{
    internal static double Positive(double value, string name) =>
        value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must not be negative");

    internal static double Fraction(double value, string name) =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must lie in [0, 1)");
}
