using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Flambeau.Compiler.Loops;

namespace Flambeau.Compiler.Emit;

/// <summary>A pass as code. The last register of a run may be partial: buffers must then be readable and writable to its end, and only reductions leave out what lies past n.</summary>
internal unsafe delegate void PassCode(byte** pointers, long n, Functions functions);

/// <summary>Code for passes, once for each pass that differs.</summary>
internal static class PassCache
{
    static readonly ConcurrentDictionary<string, PassCode> known = new(StringComparer.Ordinal);

    /// <summary>How many passes were emitted in this process.</summary>
    internal static int Emitted => known.Count;

    /// <summary>Set to false, passes are interpreted even where code can be emitted.</summary>
    internal static bool Emits { get; set; } = true;

    internal static PassCode Get(Pass pass)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported) return PassInterpreter.Make(pass);
        if (!Emits || !System.Runtime.Intrinsics.Vector128.IsHardwareAccelerated) return PassInterpreter.Make(pass);
        var key = pass.Signature();
        return known.TryGetValue(key, out var code) ? code : known.GetOrAdd(key, PassEmitter.Emit(pass));
    }
}
