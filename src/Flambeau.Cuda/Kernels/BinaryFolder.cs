namespace Flambeau.Cuda.Kernels;

/// <summary>A folder of compiled kernels. Several processes may write at once: a file appears whole, under its final name, or not at all.</summary>
internal static class BinaryFolder
{
    /// <summary>Null where there is no place to write.</summary>
    internal static string? Default
    {
        get
        {
            var named = Environment.GetEnvironmentVariable("FLAMBEAU_CACHE");
            if (!string.IsNullOrEmpty(named)) return named;
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (!string.IsNullOrEmpty(cache)) return Path.Combine(cache, "flambeau", "cuda");
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".cache", "flambeau", "cuda");
        }
    }

    internal static byte[]? Read(string? folder, string key)
    {
        if (folder is null) return null;
        var path = Path.Combine(folder, key + ".cubin");
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a binary; a folder that can't be written costs only time in the next process.</summary>
    internal static void Write(string? folder, string key, byte[] code)
    {
        if (folder is null) return;
        try
        {
            Directory.CreateDirectory(folder);
            var part = Path.Combine(folder, $"{key}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.part");
            File.WriteAllBytes(part, code);
            File.Move(part, Path.Combine(folder, key + ".cubin"), overwrite: true);
        }
        catch (IOException)
        {
        }
        catch (UnauthorizedAccessException)
        {
        }
    }
}
