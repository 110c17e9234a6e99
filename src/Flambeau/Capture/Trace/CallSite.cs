using System.Diagnostics;
using System.Runtime.CompilerServices;
using Flambeau.Graphs;

namespace Flambeau.Capture;

/// <summary>Finds the line of the user's program that is running.</summary>
internal static class CallSite
{
    static readonly string core = Root();

    /// <summary>The innermost line outside the core library; null where debug symbols are missing.</summary>
    internal static SourceLocation? Find()
    {
        var trace = new StackTrace(1, fNeedFileInfo: true);
        for (var i = 0; i < trace.FrameCount; i++)
        {
            // Frames without a file belong to the runtime or to libraries shipped without symbols, generated ones have a relative path.
            if (trace.GetFrame(i) is { } f && f.GetFileName() is { Length: > 0 } file && !file.StartsWith(core, StringComparison.Ordinal) && Path.IsPathRooted(file))
                return new(Path.GetFileName(file), f.GetFileLineNumber());
        }
        return null;
    }

    static string Root([CallerFilePath] string here = "") => here[..^"Capture/Trace/CallSite.cs".Length];
}
