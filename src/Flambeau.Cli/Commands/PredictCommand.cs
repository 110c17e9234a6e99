using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Flambeau.Cli.Images;
using Flambeau.Cli.Training;
using Flambeau.Data;
using Flambeau.Formats;

namespace Flambeau.Cli.Commands;

/// <summary><c>flambeau predict CHECKPOINT IMAGE…</c>: which digit each picture shows.</summary>
internal static class PredictCommand
{
    const int SafetensorsBrace = 8; // where the header of a safetensors file opens

    public static Command Create(Terminal terminal)
    {
        var checkpoint = new Argument<string>("CHECKPOINT") { Description = "a run folder, or weights of lenet or mlp (.pth, .safetensors)" };
        var images = new Argument<string[]>("IMAGE") { Description = "pictures of one digit each (PNG, JPEG)", Arity = ArgumentArity.OneOrMore }.NoOptions();
        var json = new Option<bool>("--json") { Description = "one JSON object a picture, a line each, with all ten probabilities" };
        var command = new Command("predict", "Says which digit a picture shows.") { checkpoint, images, json };
        command.SetAction(parsed =>
        {
            var state = Load(parsed.GetRequiredValue(checkpoint));
            var name = Networks.Recognise(state.Keys) ?? throw new CliError(
                $"{parsed.GetValue(checkpoint)} holds the weights of another network", $"its tensors are {string.Join(", ", state.Keys.Take(4))}…; predict knows {string.Join(" and ", Networks.Names)}");
            var model = Networks.Create(name);
            model.LoadStateDict(state);
            model.Eval();
            using var off = Autograd.Grad.Inference();
            foreach (var file in parsed.GetRequiredValue(images))
            {
                var scores = model.Forward(Mnist.Scale(DigitPicture.Load(file), [1, 1, DigitPicture.Size, DigitPicture.Size]));
                var shares = scores.Softmax(1).ToArray<float>();
                terminal.Output.WriteLine(parsed.GetValue(json) ? Json(file, shares) : $"{file}: {Words(shares)}");
            }
            return ExitCode.Success;
        });
        return command;
    }

    static IReadOnlyDictionary<string, Tensor> Load(string path)
    {
        if (Directory.Exists(path)) path = RunFolder.Open(path).Checkpoint;
        if (!File.Exists(path)) throw new CliError($"no file {path}", "the checkpoint is what 'flambeau train' wrote: a run folder, its checkpoint.pth or model.safetensors");
        try
        {
            return IsSafetensors(path) ? Safetensors.Load(path) : PyTorchCheckpoint.LoadStateDict(path);
        }
        catch (CheckpointException bad)
        {
            throw new CliError(bad.Message, "'flambeau info' shows what is in a model file", cause: bad);
        }
    }

    static bool IsSafetensors(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[SafetensorsBrace + 1];
        return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head[SafetensorsBrace] == (byte)'{';
    }

    static string Words(float[] shares)
    {
        var order = Enumerable.Range(0, shares.Length).OrderByDescending(d => shares[d]).ToArray();
        var second = shares[order[1]] >= 0.01f ? $", or {order[1]} ({Training.Words.Percent(shares[order[1]])})" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{order[0]} ({Training.Words.Percent(shares[order[0]])}){second}");
    }

    static string Json(string file, float[] shares)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteNumber("digit", Array.IndexOf(shares, shares.Max()));
            json.WriteStartArray("probabilities");
            foreach (var share in shares) json.WriteNumberValue(share);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
