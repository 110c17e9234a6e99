namespace Flambeau.Conformance;

/// <summary>Where the samples are computed.</summary>
internal static class Where
{
    internal static Device Device { get; set; } = Device.Cpu;

    /// <summary>Calls something that may have no tensor among its arguments, or names the device to make its results on (the reference's was the host): it makes them on ours.</summary>
    internal static object? Call(IEnumerable<object?> arguments, bool named, Func<object?> call)
    {
        if (Device == Device.Cpu || (!named && Compare.Flatten(arguments).Count > 0)) return call();
        using (Device.Use()) return call();
    }

    /// <summary>Null if a result is on the device, else what is wrong.</summary>
    internal static string? Check(string what, Tensor t) => t.Device == Device ? null : $"{what} is on '{t.Device}', expected '{Device}'";
}
