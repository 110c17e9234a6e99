using Flambeau.Capture.Ast;

namespace Flambeau.Formats;

/// <summary>The Python files of an archive: classes and functions by their full names, parsed and translated when first asked for.</summary>
internal sealed class TorchScriptCode
{
    const int MaxFile = 1 << 26, MaxPath = 1000;
    const long MaxAll = 1L << 27;

    readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);
    readonly Dictionary<string, Dictionary<string, PyStmt>?> files = new(StringComparer.Ordinal);
    readonly Dictionary<PyStmt, string> fileOf = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<PyFunction, ScriptMethod> methods = new(ReferenceEqualityComparer.Instance);

    /// <summary>No code at all.</summary>
    internal static readonly TorchScriptCode Empty = new("", "");

    /// <summary>Code that comes from no archive.</summary>
    internal TorchScriptCode(string name, string text) => (Constants, texts[name]) = ([], text);

    /// <summary>Reads all files, so that the archive needn't stay open.</summary>
    internal TorchScriptCode(ZipDirectory zip, string prefix, IReadOnlyList<object?> constants)
    {
        Constants = constants;
        long total = 0;
        foreach (var e in zip.Entries)
        {
            if (!e.Name.StartsWith(prefix + "code/", StringComparison.Ordinal) || !e.Name.EndsWith(".py", StringComparison.Ordinal)) continue;
            if ((total += e.Size) > MaxAll) throw new CheckpointException($"the archive's code has more than {MaxAll:N0} characters");
            texts.Add(e.Name[prefix.Length..], ArchiveManifest.Text(zip.ReadAll(e, MaxFile), CheckpointException.Quote(e.Name)));
        }
    }

    /// <summary>Values that the code calls <c>CONSTANTS.c0</c>, <c>CONSTANTS.c1</c>, …</summary>
    internal IReadOnlyList<object?> Constants { get; }

    internal CheckpointException Error(PyExpr at, string message) => new($"TorchScript, line {at.Line}: {message}");

    internal static bool IsNamedTuple(PyClass c) => c.Bases is [PyName { Name: "NamedTuple" }];

    /// <summary><c>a.b.c</c> as text; null for anything else.</summary>
    internal static string? Path(PyExpr e)
    {
        var parts = new List<string>();
        for (; e is PyAttribute a; e = a.Target) parts.Add(a.Name);
        if (e is not PyName n) return null;
        parts.Add(n.Name);
        parts.Reverse();
        return string.Join('.', parts);
    }

    /// <summary>The class or function that a dotted name means; nulls if there is none.</summary>
    internal (PyClass? Class, PyFunction? Function, string File) Find(PyExpr path) => Path(path) is { } name ? Find(name) : default;

    /// <summary>The class or function of a full name such as <c>__torch__.torch.nn.modules.conv.Conv2d</c>.</summary>
    internal (PyClass? Class, PyFunction? Function, string File) Find(string name)
    {
        var dot = name.LastIndexOf('.');
        if (dot < 0 || name.Length > MaxPath || !name.StartsWith("__torch__", StringComparison.Ordinal)) return default;
        var file = $"code/{name[..dot].Replace('.', '/')}.py";
        if (Load(file) is not { } content || !content.TryGetValue(name[(dot + 1)..], out var found)) return default;
        return (found as PyClass, found as PyFunction, file);
    }

    Dictionary<string, PyStmt>? Load(string file)
    {
        if (files.TryGetValue(file, out var known)) return known;
        if (!texts.TryGetValue(file, out var text)) return files[file] = null;
        var content = new Dictionary<string, PyStmt>(StringComparer.Ordinal);
        foreach (var s in PyParser.Parse(file, text))
        {
            var name = s switch { PyClass c => c.Name, PyFunction f => f.Name, _ => null };
            if (name is null) continue;
            if (!content.TryAdd(name, s)) throw new CheckpointException($"{file}:{s.Line}: {CheckpointException.Quote(name)} is defined twice");
            fileOf.Add(s, file);
        }
        return files[file] = content;
    }

    /// <summary>A function of a file as a script.</summary>
    internal ScriptMethod Function(PyFunction f) => Translate(f, null, fileOf[f]);

    /// <summary>A method of a class as a script; null if it has none of that name.</summary>
    internal ScriptMethod? Method(PyClass c, string name) =>
        c.Body.OfType<PyFunction>().FirstOrDefault(f => f.Name == name) is { } f ? Translate(f, c, fileOf[c]) : null;

    ScriptMethod Translate(PyFunction f, PyClass? owner, string file)
    {
        if (!methods.TryGetValue(f, out var method)) methods.Add(f, method = new ScriptTranslator(this, owner, file).Translate(f));
        return method;
    }
}
