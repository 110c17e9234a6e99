namespace Flambeau.Graphs;

/// <summary>Reads the return types of signatures.</summary>
internal static class OpSchemaTypes
{
    /// <summary>The parts of <c>(A, B[], (C, D))</c>; the text itself if it isn't in parentheses.</summary>
    internal static IEnumerable<string> Components(string type)
    {
        type = type.Trim();
        if (!type.StartsWith('(') || !type.EndsWith(')'))
        {
            if (type.Length > 0) yield return type;
            yield break;
        }
        int depth = 0, start = 1;
        for (var i = 1; i < type.Length; i++)
        {
            var c = type[i];
            if (c is '(' or '[') depth++;
            else if (c is ']' || (c == ')' && i < type.Length - 1)) depth--;
            if ((c == ',' && depth == 0) || i == type.Length - 1)
            {
                var part = type[start..i].Trim();
                // "Tensor values": results may have names.
                if (part.Length > 0) yield return part.Contains(' ', StringComparison.Ordinal) && !part.StartsWith('(') ? part[..part.IndexOf(' ', StringComparison.Ordinal)] : part;
                start = i + 1;
            }
        }
    }
}
