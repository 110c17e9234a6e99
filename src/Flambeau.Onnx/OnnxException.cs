namespace Flambeau;

/// <summary>
/// An ONNX model is damaged or hostile, or asks for something that Flambeau or ONNX can't express. Every reader, importer and exporter of ONNX throws this type
/// for whatever a model may say; a file that can't be opened throws the usual <see cref="IOException"/>s.
/// </summary>
public sealed class OnnxException : Exception
{
    /// <summary>An error that says what was found, what was expected, and how to mend it.</summary>
    public OnnxException(string message) : base(message) { }

    /// <summary>An error with its cause.</summary>
    public OnnxException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>The input of the model that must be given a value at import, if that is what is wrong.</summary>
    public string? Input { get; init; }

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
