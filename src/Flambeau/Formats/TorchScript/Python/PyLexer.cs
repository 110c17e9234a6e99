using System.Globalization;
using System.Text;

namespace Flambeau.Formats;

/// <summary>Kinds of tokens.</summary>
internal enum PyKind
{
    Name,
    Literal,
    Symbol,
    NewLine,
    Indent,
    Dedent,
    End,
}

/// <summary>A token; the text of names and symbols, the value of literals.</summary>
internal readonly record struct PyToken(PyKind Kind, string Text, object? Value, int Line);

/// <summary>Splits Python text into tokens, with indentation as tokens of its own.</summary>
internal sealed class PyLexer(string file, string text)
{
    const int MaxIndents = 100;

    readonly List<PyToken> tokens = [];
    readonly Stack<int> indents = new([0]);
    int at, line = 1, brackets;

    internal static List<PyToken> Split(string file, string text)
    {
        var lexer = new PyLexer(file, text);
        lexer.Run();
        return lexer.tokens;
    }

    CheckpointException Error(string message) => new($"{file}:{line}: {message}");

    void Run()
    {
        var lineStart = true;
        while (at < text.Length)
        {
            if (lineStart && brackets == 0)
            {
                if (!Indentation()) continue;
                lineStart = false;
            }
            var c = text[at];
            if (c == '\n')
            {
                at++;
                if (brackets == 0 && tokens.Count > 0 && tokens[^1].Kind is not (PyKind.NewLine or PyKind.Indent or PyKind.Dedent)) Add(PyKind.NewLine, "");
                lineStart = brackets == 0;
                line++;
            }
            else if (c is ' ' or '\t' or '\r') at++;
            else if (c == '#') SkipLine();
            else if (char.IsAsciiLetter(c) || c == '_' || c > 127) Name();
            else if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))) Number();
            else if (c is '"' or '\'') Text(c);
            else Symbol(c);
        }
        if (brackets != 0) throw Error("a bracket isn't closed");
        if (tokens.Count > 0 && tokens[^1].Kind is not (PyKind.NewLine or PyKind.Dedent)) Add(PyKind.NewLine, "");
        while (indents.Pop() != 0) Add(PyKind.Dedent, "");
        Add(PyKind.End, "the end");
    }

    void Add(PyKind kind, string s, object? value = null) => tokens.Add(new(kind, s, value, line));

    void SkipLine()
    {
        while (at < text.Length && text[at] != '\n') at++;
    }

    /// <summary>False if the line is empty.</summary>
    bool Indentation()
    {
        var width = 0;
        while (at < text.Length && text[at] is ' ' or '\t' or '\r') (width, at) = (width + (text[at] == '\t' ? 8 : text[at] == ' ' ? 1 : 0), at + 1);
        if (at >= text.Length) return false;
        if (text[at] == '#') SkipLine();
        if (at < text.Length && text[at] == '\n')
        {
            at++;
            line++;
            return false;
        }
        if (at >= text.Length) return false;
        if (width > indents.Peek())
        {
            if (indents.Count > MaxIndents) throw Error($"blocks are nested more than {MaxIndents} deep");
            indents.Push(width);
            Add(PyKind.Indent, "");
        }
        while (width < indents.Peek())
        {
            indents.Pop();
            Add(PyKind.Dedent, "");
        }
        return width == indents.Peek() ? true : throw Error("the indentation fits no block");
    }

    void Name()
    {
        var from = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_' || text[at] > 127)) at++;
        var word = text[from..at];
        switch (word)
        {
            case "None": Add(PyKind.Literal, word, null); break;
            case "True": Add(PyKind.Literal, word, true); break;
            case "False": Add(PyKind.Literal, word, false); break;
            case "inf": Add(PyKind.Literal, word, double.PositiveInfinity); break;
            case "nan": Add(PyKind.Literal, word, double.NaN); break;
            default: Add(PyKind.Name, word); break;
        }
    }

    void Number()
    {
        var from = at;
        var real = false;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] is '.' or 'e' or 'E' || (text[at] is '+' or '-' && text[at - 1] is 'e' or 'E')))
        {
            real |= !char.IsAsciiDigit(text[at]);
            at++;
        }
        var s = text.AsSpan(from, at - from);
        if (at < text.Length && text[at] is 'j' or 'J')
        {
            at++;
            Add(PyKind.Literal, "", double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var im) ? new System.Numerics.Complex(0, im) : throw Error($"'{s}' is no number"));
        }
        else if (!real && long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var l)) Add(PyKind.Literal, "", l);
        // The one integer whose absolute value isn't an integer, as the parser finds it behind a minus sign.
        else if (!real && s is "9223372036854775808") Add(PyKind.Literal, "", long.MinValue);
        else if (real && double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var d)) Add(PyKind.Literal, "", d);
        else throw Error($"'{s}' is no number");
    }

    void Text(char quote)
    {
        var b = new StringBuilder();
        for (at++; ;)
        {
            if (at >= text.Length || text[at] == '\n') throw Error("a string isn't closed");
            var c = text[at++];
            if (c == quote) break;
            b.Append(c == '\\' ? Escape() : c);
        }
        // Octal escapes are bytes of UTF-8.
        var s = b.ToString();
        Add(PyKind.Literal, "", s.Any(static c => c is >= '\u0080' and <= '\u00ff') ? Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(s)) : s);
    }

    char Escape()
    {
        var e = at < text.Length ? text[at++] : throw Error("a string isn't closed");
        switch (e)
        {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'a': return '\a';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'v': return '\v';
            case '\\' or '\'' or '"' or '?': return e;
            case 'x' when at + 2 <= text.Length && byte.TryParse(text.AsSpan(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex):
                at += 2;
                return (char)hex;
            case >= '0' and <= '7':
                var code = e - '0';
                for (var i = 0; i < 2 && at < text.Length && text[at] is >= '0' and <= '7'; i++) code = (code * 8) + text[at++] - '0';
                return (char)(code & 0xFF);
            default: throw Error($"'\\{e}' is no escape");
        }
    }

    void Symbol(char c)
    {
        if (c == '-' && at + 1 < text.Length && text[at + 1] == '>')
        {
            Add(PyKind.Symbol, "->");
            at += 2;
            return;
        }
        if (!"()[]{},:.=-+*~@".Contains(c, StringComparison.Ordinal)) throw Error($"'{c}' means nothing here");
        brackets += c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0;
        if (brackets < 0) throw Error("a bracket is closed that wasn't opened");
        Add(PyKind.Symbol, c.ToString());
        at++;
    }
}
