namespace Flambeau.Formats;

/// <summary>Files that are either the old one or the new one, whenever the process or the machine stops.</summary>
public static class AtomicFile
{
    /// <summary>Writes beside <paramref name="path"/>, forces the bytes to the disk, then renames over it. What <paramref name="write"/> throws leaves the old file as it was.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        var temporary = $"{full}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
