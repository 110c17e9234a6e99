namespace Flambeau.Optim;

/// <summary>Line search for the strong Wolfe conditions: bracketing, then zooming by cubic interpolation.</summary>
internal static class StrongWolfe
{
    const double C1 = 1e-4, C2 = 0.9;
    const int MaxSteps = 25;

    readonly record struct Point(double T, double Loss, Tensor Gradient, double Slope);

    internal static (double Loss, Tensor Gradient, double T, long Evaluations) Search(
        Func<double, (double Loss, Tensor Gradient)> evaluate, double t, Tensor direction, double loss, Tensor gradient, double slope, double tolerance)
    {
        var norm = direction.Abs().ToArray<double>().Max();
        long evaluations = 0;
        Point At(double at)
        {
            var (l, g) = evaluate(at);
            evaluations++;
            return new(at, l, g.Clone(), (g * direction).Sum().Item<double>());
        }
        var start = new Point(0, loss, gradient.Clone(), slope);
        var previous = start;
        var current = At(t);
        Point[]? bracket = null;
        var done = false;
        var n = 0;
        for (; n < MaxSteps; n++)
        {
            if (current.Loss > loss + C1 * current.T * slope || (n > 1 && current.Loss >= previous.Loss)) bracket = [previous, current];
            else if (Math.Abs(current.Slope) <= -C2 * slope)
            {
                bracket = [current];
                done = true;
            }
            else if (current.Slope >= 0) bracket = [previous, current];
            if (bracket is not null) break;
            double min = current.T + 0.01 * (current.T - previous.T), max = current.T * 10;
            var next = Cubic(previous, current, (min, max));
            previous = current;
            current = At(next);
        }
        bracket ??= [start, current];
        var stuck = false;
        var (low, high) = bracket[0].Loss <= bracket[^1].Loss ? (0, 1) : (1, 0);
        for (; !done && n < MaxSteps; n++)
        {
            var width = Math.Abs(bracket[1].T - bracket[0].T);
            if (width * norm < tolerance) break;
            t = Cubic(bracket[0], bracket[1], null);
            double max = Math.Max(bracket[0].T, bracket[1].T), min = Math.Min(bracket[0].T, bracket[1].T), margin = 0.1 * (max - min);
            if (Math.Min(max - t, t - min) < margin)
            {
                if (stuck || t >= max || t <= min)
                {
                    t = Math.Abs(t - max) < Math.Abs(t - min) ? max - margin : min + margin;
                    stuck = false;
                }
                else stuck = true;
            }
            else stuck = false;
            var p = At(t);
            if (p.Loss > loss + C1 * t * slope || p.Loss >= bracket[low].Loss)
            {
                bracket[high] = p;
                (low, high) = bracket[0].Loss <= bracket[1].Loss ? (0, 1) : (1, 0);
            }
            else
            {
                if (Math.Abs(p.Slope) <= -C2 * slope) done = true;
                else if (p.Slope * (bracket[high].T - bracket[low].T) >= 0) bracket[high] = bracket[low];
                bracket[low] = p;
            }
        }
        var best = bracket[bracket.Length == 1 ? 0 : low];
        return (best.Loss, best.Gradient, best.T, evaluations);
    }

    /// <summary>Minimum of the cubic through two points with their slopes, kept within bounds.</summary>
    static double Cubic(Point a, Point b, (double Min, double Max)? bounds)
    {
        var (min, max) = bounds ?? (Math.Min(a.T, b.T), Math.Max(a.T, b.T));
        var d1 = a.Slope + b.Slope - 3 * (a.Loss - b.Loss) / (a.T - b.T);
        var square = d1 * d1 - a.Slope * b.Slope;
        if (square < 0) return (min + max) / 2;
        var d2 = Math.Sqrt(square);
        var t = a.T <= b.T
            ? b.T - (b.T - a.T) * ((b.Slope + d2 - d1) / (b.Slope - a.Slope + 2 * d2))
            : a.T - (a.T - b.T) * ((a.Slope + d2 - d1) / (a.Slope - b.Slope + 2 * d2));
        return Math.Min(Math.Max(t, min), max);
    }
}
