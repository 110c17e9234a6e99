using System.CommandLine;
using Flambeau.Cli.Training;
using Flambeau.Cpu;

namespace Flambeau.Cli.Commands;

/// <summary><c>flambeau train</c>.</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal)
    {
        var defaults = new TrainSettings();
        var model = new Option<string>("--model") { Description = "mlp or lenet", DefaultValueFactory = _ => defaults.Model, HelpName = "mlp|lenet" }
            .Must(static m => Networks.Names.Contains(m), "mlp or lenet");
        var epochs = new Option<int>("--epochs") { Description = "passes over the data", DefaultValueFactory = _ => defaults.Epochs, HelpName = "N" }.Must(static n => n >= 1, "at least 1");
        var batch = new Option<int>("--batch") { Description = "images a step", DefaultValueFactory = _ => defaults.Batch, HelpName = "N" }.Must(static n => n >= 1, "at least 1");
        var lr = new Option<double>("--lr") { Description = "learning rate of the first epoch; each later one has half of it", DefaultValueFactory = _ => defaults.Lr, HelpName = "RATE" }
            .Must(static r => r > 0 && double.IsFinite(r), "a positive number");
        var seed = new Option<long>("--seed") { Description = "of weights, order and built-in digits", DefaultValueFactory = _ => defaults.Seed, HelpName = "N" };
        var data = new Option<string?>("--data") { Description = "folder of the MNIST files; without it, digits are drawn", HelpName = "DIR" };
        var threads = new Option<int?>("--threads") { Description = "of the CPU; never changes a result", HelpName = "N" }.Must(static n => n >= 1, "at least 1");
        var @out = new Option<string?>("--out") { Description = "run folder to write; without it, a new one in ./runs", HelpName = "DIR" };
        var resume = new Option<string?>("--resume") { Description = "go on with a run (the latest in ./runs if none is named)", Arity = ArgumentArity.ZeroOrOne, HelpName = "DIR" };
        var command = new Command("train", "Trains a network to recognise digits.") { model, epochs, batch, lr, seed, data, threads, @out, resume };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(threads) is { } count) CpuThreads.Count = count;
            bool Given(Option option) => parsed.GetResult(option) is { Implicit: false };
            var wanted = new TrainSettings
            {
                Model = parsed.GetValue(model)!, Epochs = parsed.GetValue(epochs), Batch = parsed.GetValue(batch), Lr = parsed.GetValue(lr), Seed = parsed.GetValue(seed),
                Data = parsed.GetValue(data) is { } d ? Path.GetFullPath(d) : null,
            };
            using var interrupt = new Interrupt();
            ITrainDisplay display = terminal.IsInteractive ? new LiveTrainDisplay(terminal.Rich) : new PlainDisplay(terminal.Output);
            if (!Given(resume)) return Trainer.Start(RunFolder.Create(parsed.GetValue(@out), wanted, DateTime.Now), wanted, display, interrupt);

            if (Given(@out)) throw new CliError("--out does not go with --resume, which writes to the run's own folder", null, ExitCode.Usage);
            var run = RunFolder.Open(parsed.GetValue(resume));
            var saved = Checkpoint.Load(run.Checkpoint);
            // what the weights depend on stays; a folder may have moved, and more epochs only mean a later end
            foreach (var (option, same) in new (Option, bool)[]
                { (model, wanted.Model == saved.Settings.Model), (batch, wanted.Batch == saved.Settings.Batch), (lr, wanted.Lr == saved.Settings.Lr), (seed, wanted.Seed == saved.Settings.Seed) })
                if (Given(option) && !same) throw new CliError($"{option.Name} differs from what the run in {run.Path} was started with", "leave it out, or start a new run", ExitCode.Usage);
            var settings = saved.Settings with { Epochs = Given(epochs) ? wanted.Epochs : saved.Settings.Epochs, Data = Given(data) ? wanted.Data : saved.Settings.Data };
            return Trainer.Resume(run, saved with { Settings = settings }, display, interrupt);
        });
        return command;
    }
}
