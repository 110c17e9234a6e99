using System.Globalization;
using System.Text;

namespace Flambeau.Graphs.Text;

/// <summary>Splits the text form of a graph.</summary>
internal sealed class Tokens(string text)
{
    int at;

    /// <summary>An error at the current place.</summary>
    internal FormatException Error(string message)
    {
        var line = 1 + text.AsSpan(0, Math.Min(at, text.Length)).Count('\n');
        return new FormatException($"line {line} of the graph: {message}");
    }

    internal bool AtEnd
    {
        get
        {
            Skip();
            return at >= text.Length;
        }
    }

    internal char Peek()
    {
        Skip();
        return at < text.Length ? text[at] : '\0';
    }

    internal bool Take(char c)
    {
        if (Peek() != c) return false;
        at++;
        return true;
    }

    internal void Expect(char c)
    {
        if (!Take(c)) throw Error($"'{c}' was expected, not {Next()}");
    }

    /// <summary>Takes a word if it comes next.</summary>
    internal bool TakeWord(string word)
    {
        Skip();
        if (!text.AsSpan(at).StartsWith(word, StringComparison.Ordinal) || (at + word.Length < text.Length && IsName(text[at + word.Length]))) return false;
        at += word.Length;
        return true;
    }

    /// <summary>Whether a word comes next, not as the name of a called op.</summary>
    internal bool IsWord(string word)
    {
        var from = at;
        var found = TakeWord(word) && Peek() != '(';
        at = from;
        return found;
    }

    /// <summary>Takes <c>name=</c> if it comes next.</summary>
    internal string? TakeKeyword()
    {
        var from = at;
        var word = Word();
        if (word.Length > 0 && Take('=')) return word;
        at = from;
        return null;
    }

    internal void ExpectWord(string word)
    {
        if (!TakeWord(word)) throw Error($"'{word}' was expected, not {Next()}");
    }

    /// <summary>Letters, digits, underscores and points; empty if none come next.</summary>
    internal string Word()
    {
        Skip();
        var from = at;
        while (at < text.Length && IsName(text[at])) at++;
        return text[from..at];
    }

    internal string ExpectName(string what) => Word() is { Length: > 0 } w ? w : throw Error($"{what} was expected, not {Next()}");

    /// <summary>An integer or a real, by its form.</summary>
    internal object Number()
    {
        Skip();
        var from = at;
        if (at < text.Length && text[at] == '-') at++;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '.' || (text[at] is '+' or '-' && text[at - 1] is 'e' or 'E'))) at++;
        var s = text.AsSpan(from, at - from);
        switch (s)
        {
            case "nan": return double.NaN;
            case "inf": return double.PositiveInfinity;
            case "-inf": return double.NegativeInfinity;
        }
        if (long.TryParse(s, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var l)) return l;
        if (double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && double.IsFinite(d)) return d;
        at = from;
        throw Error($"a constant was expected, not {Next()}");
    }

    internal string Quoted()
    {
        Expect('"');
        var b = new StringBuilder();
        while (true)
        {
            if (at >= text.Length) throw Error("the text ends inside a string");
            var c = text[at++];
            if (c == '"') return b.ToString();
            if (c != '\\')
            {
                b.Append(c);
                continue;
            }
            var e = at < text.Length ? text[at++] : '\0';
            switch (e)
            {
                case 'n': b.Append('\n'); break;
                case 'r': b.Append('\r'); break;
                case 't': b.Append('\t'); break;
                case '"' or '\\': b.Append(e); break;
                case 'u' when at + 4 <= text.Length && ushort.TryParse(text.AsSpan(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                    b.Append((char)code);
                    at += 4;
                    break;
                default: throw Error($"'\\{e}' is no escape");
            }
        }
    }

    string Next() => at >= text.Length ? "the end" : $"'{text[at..Math.Min(text.Length, at + 20)].Split('\n')[0]}'";

    static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.';

    void Skip()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }
}
