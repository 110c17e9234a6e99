using Flambeau.Formats;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Flambeau.Cli.Training;

/// <summary>The training curve: loss above, accuracy below, over the epochs.</summary>
internal static class CurvePicture
{
    const double Width = 860, Height = 620;
    static readonly OxyColor Training = OxyColor.FromRgb(0xE0, 0x6C, 0x00), HeldOut = OxyColor.FromRgb(0x1F, 0x5F, 0xA8), Grid = OxyColor.FromRgb(0xE4, 0xE4, 0xE4);

    /// <summary>Writes the picture as SVG.</summary>
    public static void Write(string path, string title, IReadOnlyList<Metric> lines) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        writer.Write(Svg(title, lines));
    });

    public static string Svg(string title, IReadOnlyList<Metric> lines)
    {
        var plot = new PlotModel { Title = title, TitleFontSize = 15, TitleFontWeight = 400, DefaultFont = "sans-serif", Background = OxyColors.White };
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.RightTop, LegendBackground = OxyColor.FromAColor(220, OxyColors.White) });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = "epoch", Minimum = 0, MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = Grid });
        plot.Axes.Add(Upright("loss", 0.53, 1, new LogarithmicAxis { UseSuperExponentialFormat = false }));
        plot.Axes.Add(Upright("accuracy, %", 0, 0.47, new LinearAxis { MaximumPadding = 0.04 }));
        plot.Series.Add(Line("training", Training, "loss", lines, static m => m.Loss));
        plot.Series.Add(Line("held out", HeldOut, "loss", lines, static m => m.HeldOutLoss));
        plot.Series.Add(Line(null, Training, "accuracy, %", lines, static m => 100 * m.Accuracy));
        plot.Series.Add(Line(null, HeldOut, "accuracy, %", lines, static m => 100 * m.HeldOutAccuracy));
        return new SvgExporter { Width = Width, Height = Height, UseVerticalTextAlignmentWorkaround = true, TextMeasurer = new Measurer() }.ExportToString(plot);
    }

    // The exporter's own measure takes points for pixels and knows three fonts; an average width serves any sans-serif.
    sealed class Measurer() : PdfRenderContext(Width, Height, OxyColors.White)
    {
        public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight) =>
            new(0.6 * fontSize * (text?.Length ?? 0), 1.25 * fontSize);
    }

    static Axis Upright(string name, double from, double to, Axis axis)
    {
        (axis.Position, axis.Key, axis.Title, axis.StartPosition, axis.EndPosition) = (AxisPosition.Left, name, name, from, to);
        (axis.MajorGridlineStyle, axis.MajorGridlineColor, axis.AxisTitleDistance) = (LineStyle.Solid, Grid, 8);
        return axis;
    }

    // The held-out measurements are few, so each gets a dot; those of training are the lines between epochs.
    static LineSeries Line(string? name, OxyColor color, string axis, IReadOnlyList<Metric> lines, Func<Metric, double?> value)
    {
        var heldOut = color == HeldOut;
        var series = new LineSeries
        {
            Title = name, Color = color, YAxisKey = axis, StrokeThickness = heldOut ? 2 : 1.3,
            MarkerType = heldOut ? MarkerType.Circle : MarkerType.None, MarkerSize = 3.5, MarkerFill = color,
        };
        foreach (var line in lines)
            if (line.Event == (heldOut ? "epoch" : "train") && value(line) is { } y && double.IsFinite(y)) series.Points.Add(new DataPoint(line.Progress, y));
        return series;
    }
}
