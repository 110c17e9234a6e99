using System.Runtime.InteropServices;

namespace Flambeau.Cuda.Libraries;

/// <summary>Connects the names in this assembly's imports with the libraries that <see cref="Probe"/> finds.</summary>
internal static class Resolver
{
    static readonly Lazy<bool> installed = new(static () =>
    {
        NativeLibrary.SetDllImportResolver(typeof(Resolver).Assembly, static (name, _, _) => Probe.Default.Load(name));
        return true;
    });

    internal static void Install() => _ = installed.Value;
}
