using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Flambeau.Cli.Models;
using Flambeau.Graphs;

namespace Flambeau.Cli.Inspect;

/// <summary>A page that shows a graph: complete in itself, with nothing from a network. Text of the model is data everywhere: escaped in the picture, set as text by the script.</summary>
internal static class Page
{
    const double BoxHeight = 30;

    public static string Of(ModelFile file, ModelGraph model, Report report)
    {
        var drawing = Drawing.Of(model.Graph, [.. model.Inputs.Select(static i => i.Name)], model.Outputs);
        using var stream = typeof(Page).Assembly.GetManifestResourceStream("page.html")!;
        using var reader = new StreamReader(stream);
        // One pass over the template: what is put in is never searched for places again.
        var parts = reader.ReadToEnd().Split('\u00a7');
        var text = new StringBuilder();
        for (var i = 0; i < parts.Length; i++)
        {
            text.Append(i % 2 == 0 ? parts[i] : parts[i] switch
            {
                "title" => Html($"{Path.GetFileName(file.Path)} · {model.Name}"),
                "summary" => Html(report.Summary()),
                "picture" => Picture(drawing),
                "data" => Data(drawing, model, report),
                var other => throw new InvalidOperationException($"the page has a place '{other}'"),
            });
        }
        return text.ToString();
    }

    static string Html(string text) => WebUtility.HtmlEncode(Show.Visible(text).Replace("\\u000a", "\n", StringComparison.Ordinal));

    static string N(double x) => x.ToString("0.#", CultureInfo.InvariantCulture);

    static string Picture(Drawing d)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg id=\"graph\" xmlns=\"http://www.w3.org/2000/svg\" data-w=\"{N(d.Width)}\" data-h=\"{N(d.Height)}\" viewBox=\"0 0 {N(d.Width)} {N(d.Height)}\"><g class=\"wires\">\n");
        foreach (var w in d.Wires)
        {
            var (a, b) = (d.Boxes[w.From], d.Boxes[w.To]);
            var (x, y) = (a.X, a.Y + BoxHeight / 2);
            svg.Append(w.Weak ? "<path class=\"weak\" d=\"M" : "<path d=\"M").Append(N(x)).Append(' ').Append(N(y));
            foreach (var (nx, ny) in w.Bends.Append((X: b.X, Y: b.Y - BoxHeight / 2)))
            {
                var middle = (y + ny) / 2;
                svg.Append('C').AppendJoin(' ', N(x), N(middle), N(nx), N(middle), N(nx), N(ny));
                (x, y) = (nx, ny);
            }
            svg.Append("\"/>\n");
        }
        svg.Append("</g>\n");
        for (var i = 0; i < d.Boxes.Count; i++)
        {
            var b = d.Boxes[i];
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"box {b.Kind}\" data-i=\"{i}\" tabindex=\"0\"><rect x=\"{N(b.X - b.Width / 2)}\" y=\"{N(b.Y - BoxHeight / 2)}\" width=\"{N(b.Width)}\" height=\"{N(BoxHeight)}\" rx=\"6\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{N(b.X)}\" y=\"{N(b.Y + 4.5)}\">{Html(b.Title)}</text></g>\n");
        }
        return svg.Append("</svg>").ToString();
    }

    static string Data(Drawing d, ModelGraph model, Report report)
    {
        using var stream = new MemoryStream();
        // The default encoder writes <, > and & as escapes: nothing in a name can end the script element.
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            for (var i = 0; i < d.Boxes.Count; i++)
            {
                json.WriteStartArray();
                foreach (var (key, value) in report.Facts(d.Boxes[i], model))
                {
                    json.WriteStringValue(Show.Visible(key));
                    json.WriteStringValue(Show.Visible(value));
                }
                json.WriteEndArray();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
