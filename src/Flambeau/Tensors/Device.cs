using System.Globalization;
using Flambeau.Cpu;

namespace Flambeau;

/// <summary>Kinds of device a tensor can live on.</summary>
public enum DeviceKind : byte
{
    /// <summary>Host memory, the managed engine.</summary>
    Cpu,
    /// <summary>An NVIDIA GPU; needs the Flambeau.Cuda backend.</summary>
    Cuda,
}

/// <summary>Where a tensor's elements are stored.</summary>
public readonly record struct Device(DeviceKind Kind, int Index = 0)
{
    /// <summary>Host memory.</summary>
    public static Device Cpu => default;

    /// <summary>The device with PyTorch's name: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>.</summary>
    /// <exception cref="ArgumentException">The text is no device name.</exception>
    public static Device Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var kind = colon < 0 ? text : text[..colon];
        var index = 0;
        if (colon >= 0 && !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out index)) kind = "";
        return kind switch
        {
            "cpu" => new(DeviceKind.Cpu, index),
            "cuda" => new(DeviceKind.Cuda, index),
            _ => throw new ArgumentException($"'{text}' is no device; expected 'cpu', 'cuda' or 'cuda:N'", nameof(text)),
        };
    }

    /// <summary>Tensors that this thread makes are made here until the result is disposed: <c>using (device.Use()) { … }</c>. Scopes nest.</summary>
    /// <exception cref="NotSupportedException">No backend for the device is loaded.</exception>
    public Scope Use() => new(Placement.On(DeviceBackend.For(this)));

    /// <summary>Ends a <see cref="Use"/>.</summary>
    public readonly struct Scope : IDisposable
    {
        readonly Placement.Scope scope;

        internal Scope(Placement.Scope scope) => this.scope = scope;

        /// <inheritdoc/>
        public void Dispose() => scope.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => Kind == DeviceKind.Cpu ? "cpu" : $"cuda:{Index}";
}
