namespace Flambeau.Formats;

/// <summary>
/// A model file is damaged, hostile, or holds something Flambeau refuses to build. Every reader of this namespace throws this type
/// for whatever the bytes of a file may say; a file that can't be opened throws the usual <see cref="IOException"/>s.
/// </summary>
public sealed class CheckpointException : IOException
{
    /// <summary>An error that says what was found, what was expected, and how to mend it.</summary>
    public CheckpointException(string message) : base(message) { }

    /// <summary>An error with its cause.</summary>
    public CheckpointException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>Runs a reader and puts the file's name before what went wrong.</summary>
    internal static T Naming<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CheckpointException e)
        {
            throw new CheckpointException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>Text of a file as it may appear in a message: short, and without control characters.</summary>
    internal static string Quote(string text)
    {
        var cut = text.Length > 120 ? string.Concat(text.AsSpan(0, 117), "...") : text;
        return "'" + string.Create(cut.Length, cut, static (span, s) =>
        {
            for (var i = 0; i < s.Length; i++) span[i] = char.IsControl(s[i]) || char.IsSurrogate(s[i]) ? '?' : s[i];
        }) + "'";
    }
}
