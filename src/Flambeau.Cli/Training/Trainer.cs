using System.Diagnostics;
using Flambeau.Data;
using Flambeau.Formats;
using Flambeau.Nn;
using Flambeau.Optim;

namespace Flambeau.Cli.Training;

/// <summary>One training run. The weights after a step depend on the settings and the step alone, so a run can stop and go on anywhere.</summary>
internal sealed class Trainer
{
    const int MetricsPerEpoch = 20;

    readonly RunFolder run;
    readonly TrainSettings settings;
    readonly ITrainDisplay display;
    readonly Interrupt interrupt;
    readonly Generator generator;
    readonly Layer model;
    readonly Adam adam;
    readonly Mnist train, heldOut;
    readonly MetricsLog log;
    readonly int stepsPerEpoch;
    readonly Stopwatch clock = Stopwatch.StartNew(), stepping = new();
    readonly double secondsBefore;
    TrainPosition position;
    long stepsNow, seenNow;

    Trainer(RunFolder run, TrainSettings settings, Checkpoint? saved, ITrainDisplay display, Interrupt interrupt)
    {
        (this.run, this.settings, this.display, this.interrupt) = (run, settings, display, interrupt);
        position = saved?.Position ?? new();
        secondsBefore = position.Seconds;
        generator = new Generator(settings.Seed);
        using (generator.Use()) model = Networks.Create(settings.Model);
        adam = new Adam(model.Parameters(), settings.Lr);
        if (saved is not null)
        {
            model.LoadStateDict(saved.Model);
            adam.LoadStateDict(saved.Optimizer);
            generator.State = saved.Generator;
        }
        (train, heldOut) = settings.Data is { } folder ? Mnist.Load(folder) : Mnist.Drawn(seed: settings.Seed);
        if (train.Count == 0 || heldOut.Count == 0) throw new CliError($"{settings.Data} has no images", "MNIST has 60,000 and 10,000");
        if (train.Images is not { Rows: 28, Columns: 28 })
            throw new CliError($"the images are {train.Images.Rows}x{train.Images.Columns} pixels", "the networks take 28x28, the size of MNIST");
        stepsPerEpoch = (int)((train.Count + settings.Batch - 1) / settings.Batch);
        log = new MetricsLog(run.Metrics, saved is null ? -1 : position.Step);
    }

    /// <summary>Trains from the first step.</summary>
    /// <returns>The exit code.</returns>
    public static int Start(RunFolder run, TrainSettings settings, ITrainDisplay display, Interrupt interrupt) => new Trainer(run, settings, null, display, interrupt).Run();

    /// <summary>Goes on from a checkpoint.</summary>
    /// <returns>The exit code.</returns>
    public static int Resume(RunFolder run, Checkpoint saved, ITrainDisplay display, Interrupt interrupt) => new Trainer(run, saved.Settings, saved, display, interrupt).Run();

    int Run()
    {
        using var closing = log;
        using var random = generator.Use();
        display.Note($"{settings.Model}, {model.Parameters().Sum(static p => p.Numel):N0} weights; {train.Count:N0} images to learn from, {heldOut.Count:N0} held out; run folder {run.Path}");
        if (position.Epoch >= settings.Epochs) display.Note($"all {position.Epoch} epochs are done; --epochs {position.Epoch + 1} goes on");
        else if (position.Step > 0) display.Note($"going on from epoch {position.Epoch + 1}, step {position.StepInEpoch} of {stepsPerEpoch}");

        var finished = display.Show(() =>
        {
            while (position.Epoch < settings.Epochs)
            {
                if (!Steps() || !EndOfEpoch()) return 0;
            }
            return 1;
        });
        if (finished == 0)
        {
            Save();
            display.Note($"stopped in epoch {position.Epoch + 1} after step {position.StepInEpoch} of {stepsPerEpoch}; go on with: flambeau train --resume {run.Path}");
            return interrupt.ExitCode;
        }
        Safetensors.Save(run.Model, model.StateDict());
        display.Note($"final held-out accuracy {Words.Percent(position.HeldOutAccuracy)} (run folder {run.Path})");
        return ExitCode.Success;
    }

    /// <summary>The steps of an epoch that are left; false when interrupted.</summary>
    bool Steps()
    {
        adam.LearningRate = settings.Lr * Math.Pow(0.5, position.Epoch);
        var loader = train.Batches(settings.Batch, shuffle: true, settings.Seed, workers: 1);
        loader.SetEpoch(position.Epoch);
        stepping.Start();
        foreach (var (images, labels) in loader.Read(position.StepInEpoch))
        {
            if (interrupt.Requested) break;
            Step(images, labels);
            if (position.StepInEpoch % Math.Max(1, stepsPerEpoch / MetricsPerEpoch) == 0) log.Add(WithMemory(Measured("train")));
            display.Step(Report(Measured("train")));
        }
        stepping.Stop();
        return !interrupt.Requested;
    }

    void Step(Tensor images, Tensor labels)
    {
        adam.ZeroGrad();
        var scores = model.Forward(images);
        var loss = Functional.CrossEntropy(scores, labels);
        loss.Backward();
        adam.Step();
        var n = labels.Numel;
        (stepsNow, seenNow) = (stepsNow + 1, seenNow + n);
        position = position with
        {
            StepInEpoch = position.StepInEpoch + 1, Step = position.Step + 1, Seen = position.Seen + n,
            LossSum = position.LossSum + n * loss.Item<double>(), Correct = position.Correct + Correct(scores.Detach(), labels),
        };
    }

    /// <summary>Measures on the held-out images and writes the files; false when interrupted.</summary>
    bool EndOfEpoch()
    {
        if (Evaluate() is not var (loss, accuracy)) return false;
        var line = WithMemory(Measured("epoch")) with { HeldOutLoss = loss, HeldOutAccuracy = accuracy };
        position = position with { Epoch = position.Epoch + 1, StepInEpoch = 0, LossSum = 0, Correct = 0, Seen = 0, HeldOutAccuracy = accuracy };
        log.Add(line);
        Save();
        CurvePicture.Write(run.Curve, $"{settings.Model} on {(settings.Data is null ? "drawn digits" : "MNIST")}", log.Lines);
        display.Epoch(Report(line));
        return true;
    }

    (double Loss, double Accuracy)? Evaluate()
    {
        using var off = Autograd.Grad.Inference();
        model.Eval();
        double loss = 0;
        long correct = 0;
        foreach (var (images, labels) in heldOut.Batches(500))
        {
            if (interrupt.Requested) break;
            var scores = model.Forward(images);
            loss += Functional.CrossEntropy(scores, labels).Item<double>() * labels.Numel;
            correct += Correct(scores, labels);
        }
        model.Train();
        return interrupt.Requested ? null : (loss / heldOut.Count, (double)correct / heldOut.Count);
    }

    static long Correct(Tensor scores, Tensor labels) => scores.Argmax(1).Eq(labels).Sum().Item<long>();

    void Save()
    {
        position = position with { Seconds = secondsBefore + clock.Elapsed.TotalSeconds };
        new Checkpoint(settings, position, model.StateDict(), adam.StateDict(), generator.State).Save(run.Checkpoint);
    }

    Metric Measured(string kind) => new()
    {
        Event = kind, Epoch = position.Epoch + 1, Step = position.Step, Progress = position.Epoch + (double)position.StepInEpoch / stepsPerEpoch,
        Loss = position.LossSum / Math.Max(1, position.Seen), Accuracy = (double)position.Correct / Math.Max(1, position.Seen), Lr = adam.LearningRate,
        ExamplesPerSecond = seenNow / Math.Max(1e-9, stepping.Elapsed.TotalSeconds), Seconds = secondsBefore + clock.Elapsed.TotalSeconds,
    };

    static Metric WithMemory(Metric line)
    {
        var memory = TensorMemory.Statistics;
        return line with { ResidentBytes = Environment.WorkingSet, TensorBytes = memory.Allocated, ReservedBytes = memory.Reserved };
    }

    TrainReport Report(Metric line)
    {
        var left = (long)(settings.Epochs - line.Epoch + 1) * stepsPerEpoch - (line.Event == "epoch" ? stepsPerEpoch : position.StepInEpoch);
        return new(line, settings.Epochs, position.StepInEpoch, stepsPerEpoch, stepsNow == 0 ? TimeSpan.Zero : clock.Elapsed / stepsNow * left);
    }
}
