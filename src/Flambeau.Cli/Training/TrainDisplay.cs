using System.Globalization;

namespace Flambeau.Cli.Training;

/// <summary>Where a run stands, for someone who watches.</summary>
/// <param name="Line">The latest measurement.</param>
/// <param name="Epochs">How many epochs the run takes.</param>
/// <param name="StepInEpoch">Steps finished in this epoch.</param>
/// <param name="StepsPerEpoch">Steps of each epoch.</param>
/// <param name="Left">Time to the end at the present speed.</param>
internal sealed record TrainReport(Metric Line, int Epochs, int StepInEpoch, int StepsPerEpoch, TimeSpan Left);

/// <summary>Shows a training run.</summary>
internal interface ITrainDisplay
{
    /// <summary>Runs the training, with the display open around it.</summary>
    int Show(Func<int> training);

    void Note(string text);

    /// <summary>Called after every step; shows what it sees fit.</summary>
    void Step(TrainReport report);

    void Epoch(TrainReport report);
}

/// <summary>How numbers are written.</summary>
internal static class Words
{
    public static string Percent(double? share) => share is null ? "" : (100 * share.Value).ToString("0.00", CultureInfo.InvariantCulture) + " %";

    public static string Loss(double? loss) => loss is null ? "" : loss.Value.ToString(Math.Abs(loss.Value) < 0.01 ? "0.00000" : "0.0000", CultureInfo.InvariantCulture);

    public static string Rate(double examplesPerSecond) => examplesPerSecond.ToString("N0", CultureInfo.InvariantCulture) + " examples/s";

    public static string Time(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : time.ToString("m\\:ss", CultureInfo.InvariantCulture);
}

/// <summary>A few lines an epoch, for logs and pipes.</summary>
internal sealed class PlainDisplay(TextWriter output) : ITrainDisplay
{
    const int LinesPerEpoch = 5;

    public int Show(Func<int> training) => training();

    public void Note(string text) => output.WriteLine(text);

    public void Step(TrainReport report)
    {
        var every = Math.Max(1, report.StepsPerEpoch / LinesPerEpoch);
        if (report.StepInEpoch % every != 0) return;
        output.WriteLine($"{Place(report)}  step {report.StepInEpoch}/{report.StepsPerEpoch}  loss {Words.Loss(report.Line.Loss)}  " +
            $"accuracy {Words.Percent(report.Line.Accuracy)}  {Words.Rate(report.Line.ExamplesPerSecond)}  {Words.Time(report.Left)} left");
    }

    public void Epoch(TrainReport report) => output.WriteLine(
        $"{Place(report)}  done  loss {Words.Loss(report.Line.Loss)}  accuracy {Words.Percent(report.Line.Accuracy)}  " +
        $"held-out loss {Words.Loss(report.Line.HeldOutLoss)}  held-out accuracy {Words.Percent(report.Line.HeldOutAccuracy)}  " +
        $"after {Words.Time(TimeSpan.FromSeconds(report.Line.Seconds))}");

    static string Place(TrainReport report) => $"epoch {report.Line.Epoch}/{report.Epochs}";
}
