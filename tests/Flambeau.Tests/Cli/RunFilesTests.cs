using System.Xml.Linq;
using Flambeau.Cli;
using Flambeau.Cli.Training;
using Flambeau.Formats;

namespace Flambeau.Tests.Cli;

public sealed class RunFilesTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static Metric Line(long step, string kind = "train") => new()
    {
        Event = kind, Epoch = 1 + (int)(step / 100), Step = step, Progress = step / 100.0, Loss = 2.0 / (1 + step), Accuracy = 1 - 0.9 / (1 + step),
        HeldOutLoss = kind == "epoch" ? 0.5 : null, HeldOutAccuracy = kind == "epoch" ? 0.9 : null, Lr = 1e-3, ExamplesPerSecond = 1234.5, Seconds = step,
    };

    [Fact]
    public void AResumedLogDropsWhatCameAfterTheCheckpoint()
    {
        var path = Path.Combine(folder, "metrics.jsonl");
        using (var log = new MetricsLog(path))
            for (var step = 10; step <= 50; step += 10) log.Add(Line(step));
        File.AppendAllText(path, "{\"event\":\"tra"); // a crash in the middle of a line
        using (var log = new MetricsLog(path, lastStep: 30))
        {
            Assert.Equal([10L, 20, 30], log.Lines.Select(static l => l.Step));
            log.Add(Line(100, "epoch"));
        }
        Assert.Equal([Line(10), Line(20), Line(30), Line(100, "epoch")], MetricsLog.Read(path));
        Assert.DoesNotContain("held_out", File.ReadLines(path).First());
        Assert.Contains("\"held_out_accuracy\":0.9", File.ReadLines(path).Last());
    }

    [Fact]
    public void AFailedWriteLeavesTheOldFile()
    {
        var path = Path.Combine(folder, "file");
        AtomicFile.Write(path, static stream => stream.Write("old"u8));
        Assert.Throws<IOException>(() => AtomicFile.Write(path, static stream =>
        {
            stream.Write("new"u8);
            throw new IOException("disk full");
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void TheCurveIsAPictureOfBothMeasures()
    {
        var lines = Enumerable.Range(1, 30).Select(static i => Line(10 * i)).Append(Line(300, "epoch")).Append(Line(310) with { Loss = double.NaN }).ToList();
        var svg = XDocument.Parse(CurvePicture.Svg("lenet <on> digits", lines));
        Assert.Equal("svg", svg.Root!.Name.LocalName);
        var text = string.Join("|", svg.Descendants().Where(static e => e.Name.LocalName == "text").Select(static e => e.Value));
        Assert.Contains("lenet <on> digits", text);
        Assert.Contains("loss", text);
        Assert.Contains("accuracy, %", text);
        Assert.Contains("held out", text);
        Assert.True(svg.Descendants().Count(static e => e.Name.LocalName == "polyline") >= 2);
        XDocument.Parse(CurvePicture.Svg("nothing yet", []));
    }

    [Fact]
    public void ARunIsNeverOverwritten()
    {
        var settings = new TrainSettings();
        var run = RunFolder.Create(Path.Combine(folder, "a"), settings, DateTime.UnixEpoch);
        Assert.Throws<CliError>(() => RunFolder.Open(run.Path));
        File.WriteAllText(run.Checkpoint, "");
        Assert.Equal(ExitCode.Usage, Assert.Throws<CliError>(() => RunFolder.Create(run.Path, settings, DateTime.UnixEpoch)).ExitCode);
        Assert.Equal(run.Path, RunFolder.Open(run.Path).Path);
        Assert.Equal(run.Path, RunFolder.Open(run.Checkpoint).Path);
    }

    [Fact]
    public void PlainLinesSayWhatIsGoingOn()
    {
        var output = new StringWriter { NewLine = "\n" };
        var display = new PlainDisplay(output);
        display.Show(() =>
        {
            for (var step = 1; step <= 10; step++) display.Step(new TrainReport(Line(step), 3, step, 10, TimeSpan.FromSeconds(75)));
            display.Epoch(new TrainReport(Line(10, "epoch"), 3, 10, 10, TimeSpan.Zero));
            return 0;
        });
        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.Equal(6, lines.Length);
        Assert.Equal("epoch 1/3  step 2/10  loss 0.6667  accuracy 70.00 %  1,234 examples/s  1:15 left", lines[0]);
        Assert.StartsWith("epoch 1/3  done", lines[5]);
        Assert.Contains("held-out accuracy 90.00 %", lines[5]);
    }
}
