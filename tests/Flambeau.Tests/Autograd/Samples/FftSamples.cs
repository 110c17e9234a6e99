namespace Flambeau.Tests.Autograd.Samples;

internal sealed class FftSamples : IOpSamples
{
    static object?[] Axes(params long[] axes) => [.. axes.Select(static a => (object?)a)];

    public IEnumerable<OpSample> Samples =>
    [
        new("fft._c2c", Draw.Complex([2, 3, 4]), Axes(0, 1), 1L, true),
        new("fft._c2c", Draw.Complex([2, 3, 4]), Axes(-1), 2L, false),
        new("fft._r2c", Draw.Real([2, 3, 4]), Axes(0, 2), 2L),
        new("fft._r2c", Draw.Real([2, 5, 2]), Axes(1), 0L),
        new("fft._c2r", Draw.Complex([2, 3, 3]), Axes(0, 2), 1L, 4L),
        new("fft._c2r", Draw.Complex([3, 2]), Axes(0), 2L, 5L),
    ];
}
