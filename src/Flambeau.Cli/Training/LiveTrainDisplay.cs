using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Flambeau.Cli.Training;

/// <summary>A table that gains a row an epoch, with a moving bar under it, for a terminal.</summary>
internal sealed class LiveTrainDisplay(IAnsiConsole console) : ITrainDisplay
{
    const int BarWidth = 28;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    readonly Table table = new Table { Border = TableBorder.Simple }
        .AddColumn(new TableColumn("epoch").RightAligned()).AddColumn(new TableColumn("loss").RightAligned())
        .AddColumn(new TableColumn("accuracy").RightAligned()).AddColumn(new TableColumn("held-out loss").RightAligned())
        .AddColumn(new TableColumn("held-out accuracy").RightAligned()).AddColumn(new TableColumn("time").RightAligned());

    LiveDisplayContext? live;
    long shown;

    public int Show(Func<int> training) => console.Live(new Text("")).AutoClear(false).Start(context =>
    {
        live = context;
        try
        {
            return training();
        }
        finally
        {
            live = null;
        }
    });

    public void Note(string text) => console.WriteLine(text);

    public void Step(TrainReport report)
    {
        if (shown != 0 && Stopwatch.GetElapsedTime(shown) < Pause) return;
        shown = Stopwatch.GetTimestamp();
        Update(Bar(report));
    }

    public void Epoch(TrainReport report)
    {
        var line = report.Line;
        table.AddRow($"{line.Epoch}/{report.Epochs}", Words.Loss(line.Loss), Words.Percent(line.Accuracy), Words.Loss(line.HeldOutLoss),
            $"[bold]{Words.Percent(line.HeldOutAccuracy)}[/]", Words.Time(TimeSpan.FromSeconds(line.Seconds)));
        Update(null);
    }

    void Update(IRenderable? bar) => live?.UpdateTarget(
        bar is null ? table : table.Rows.Count == 0 ? bar : new Rows(table, bar));

    static Markup Bar(TrainReport report)
    {
        var full = (int)((long)BarWidth * report.StepInEpoch / report.StepsPerEpoch);
        var line = report.Line;
        return new Markup($"epoch {line.Epoch}/{report.Epochs} [orange1]{new string('━', full)}[/][grey35]{new string('━', BarWidth - full)}[/] " +
            $"loss [bold]{Words.Loss(line.Loss)}[/]  accuracy [bold]{Words.Percent(line.Accuracy)}[/]  {Words.Rate(line.ExamplesPerSecond)}  {Words.Time(report.Left)} left");
    }
}
