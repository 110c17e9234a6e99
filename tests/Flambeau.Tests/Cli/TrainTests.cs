using System.Buffers.Binary;
using Flambeau.Cli;
using Flambeau.Cli.Training;
using Flambeau.Data;
using Flambeau.Formats;

namespace Flambeau.Tests.Cli;

/// <summary>Training runs of a few steps on a few images.</summary>
public sealed class TrainTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory().FullName;
    readonly string data;

    public TrainTests()
    {
        data = Path.Combine(folder, "data");
        Directory.CreateDirectory(data);
        var (train, test) = DrawnDigits.Load(seed: 3, train: 150, test: 40);
        Write("train", train);
        Write("t10k", test);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    void Write(string part, LabeledImages images)
    {
        Idx($"{part}-images-idx3-ubyte", [images.Count, 28, 28], images.Pixels);
        Idx($"{part}-labels-idx1-ubyte", [images.Count], images.Labels);
    }

    void Idx(string name, int[] shape, byte[] elements)
    {
        var head = new byte[4 + 4 * shape.Length];
        (head[2], head[3]) = (8, (byte)shape.Length);
        for (var i = 0; i < shape.Length; i++) BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4 + 4 * i), shape[i]);
        File.WriteAllBytes(Path.Combine(data, name), [.. head, .. elements]);
    }

    static (int Code, string Output, string Error) Run(params string[] args)
    {
        StringWriter output = new(), error = new();
        return (App.Run(args, Terminal.Plain(output, error)), output.ToString(), error.ToString());
    }

    string In(string name) => Path.Combine(folder, name);

    byte[] Weights(string run) => File.ReadAllBytes(Path.Combine(In(run), "model.safetensors"));

    /// <summary>Presses Ctrl-C after a step.</summary>
    sealed class Interrupting(Interrupt interrupt, long step) : ITrainDisplay
    {
        public int Show(Func<int> training) => training();

        public void Note(string text) { }

        public void Step(TrainReport report)
        {
            if (report.Line.Step == step) interrupt.Request();
        }

        public void Epoch(TrainReport report) { }
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("lenet")]
    public void A_run_that_stops_goes_on_bit_for_bit(string model)
    {
        string[] options = ["train", "--data", data, "--model", model, "--batch", "32", "--seed", "5"];
        Assert.Equal(0, Run([.. options, "--epochs", "3", "--out", In("whole")]).Code);
        Assert.Equal(0, Run([.. options, "--epochs", "1", "--out", In("parts")]).Code);
        Assert.NotEqual(Weights("whole"), Weights("parts"));
        Assert.Equal(0, Run("train", "--resume", In("parts"), "--epochs", "3").Code);
        Assert.Equal(Weights("whole"), Weights("parts"));
        Assert.Equal(
            MetricsLog.Read(Path.Combine(In("whole"), "metrics.jsonl")).Select(static m => (m.Event, m.Step, m.Loss, m.Accuracy, m.HeldOutLoss, m.HeldOutAccuracy, m.Lr)),
            MetricsLog.Read(Path.Combine(In("parts"), "metrics.jsonl")).Select(static m => (m.Event, m.Step, m.Loss, m.Accuracy, m.HeldOutLoss, m.HeldOutAccuracy, m.Lr)));

        // 5 steps an epoch: in the middle of one, and after the last of one but before its evaluation
        var settings = new TrainSettings { Model = model, Epochs = 3, Batch = 32, Seed = 5, Data = data };
        foreach (var step in (long[])[7, 10])
        {
            var run = RunFolder.Create(In($"stopped{step}"), settings, DateTime.UnixEpoch);
            using (var interrupt = new Interrupt()) Assert.Equal(130, Trainer.Start(run, settings, new Interrupting(interrupt, step), interrupt));
            Assert.False(File.Exists(run.Model));
            Assert.Equal(step, Checkpoint.Load(run.Checkpoint).Position.Step);
            Assert.Equal(0, Run("train", "--resume", run.Path, "--threads", "1").Code);
            Assert.Equal(Weights("whole"), Weights($"stopped{step}"));
        }
        Flambeau.Cpu.CpuThreads.Count = Environment.ProcessorCount;
    }

    [Fact]
    public void A_run_folder_holds_what_the_help_says_and_predicts()
    {
        var (code, output, error) = Run("train", "--data", data, "--model", "mlp", "--epochs", "2", "--batch", "10", "--out", In("run"));
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("final held-out accuracy", output);
        Assert.Equal(["checkpoint.pth", "curve.svg", "metrics.jsonl", "model.safetensors"], Directory.GetFiles(In("run")).Select(Path.GetFileName).Order());
        Assert.Equal(["fc1.weight", "fc1.bias"], PyTorchCheckpoint.LoadStateDict(Path.Combine(In("run"), "checkpoint.pth")).Keys.Take(2));

        var (png, jpeg) = DigitPictureTests.Files();
        File.WriteAllBytes(In("digit.png"), png);
        File.WriteAllBytes(In("digit.jpg"), jpeg);
        foreach (var from in (string[])[In("run"), Path.Combine(In("run"), "checkpoint.pth"), Path.Combine(In("run"), "model.safetensors")])
        {
            var said = Run("predict", from, In("digit.png"), In("digit.jpg"));
            Assert.Equal((0, ""), (said.Code, said.Error));
            Assert.Matches(@"digit\.png: (\d) \(\d+\.\d\d %\).*\n.*digit\.jpg: \1 \(", said.Output);
        }
        Assert.Contains("\"probabilities\":[", Run("predict", In("run"), In("digit.png"), "--json").Output);
    }

    [Fact]
    public void Mistakes_are_explained()
    {
        Assert.Equal(2, Run("train", "--model", "gpt").Code);
        Assert.Equal(2, Run("train", "--lr", "-1").Code);
        Assert.Equal(1, Run("train", "--data", In("nowhere"), "--out", In("x")).Code);
        Assert.Equal(1, Run("train", "--resume", In("nowhere")).Code);
        Assert.Equal(0, Run("train", "--data", data, "--model", "mlp", "--epochs", "1", "--batch", "75", "--out", In("run")).Code);
        var other = Run("train", "--resume", In("run"), "--seed", "9");
        Assert.Equal(2, other.Code);
        Assert.Contains("--seed", other.Error);
        Assert.Equal(2, Run("train", "--data", data, "--out", In("run")).Code);
        Assert.Equal(1, Run("predict", In("nowhere"), "a.png").Code);
        Safetensors.Save(In("odd.safetensors"), new Dictionary<string, Tensor> { ["a"] = Tensor.Ones([1]) });
        Assert.Contains("another network", Run("predict", In("odd.safetensors"), "a.png").Error);
    }
}
