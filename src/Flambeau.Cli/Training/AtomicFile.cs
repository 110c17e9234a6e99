namespace Flambeau.Cli.Training;

/// <summary>Files that are either the old one or the new one, whenever the process or the machine stops.</summary>
internal static class AtomicFile
{
    /// <summary>Writes beside <paramref name="path"/>, forces the bytes to the disk, then renames over it.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var draft = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = new FileStream(draft, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }
}
