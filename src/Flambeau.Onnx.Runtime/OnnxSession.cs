using Flambeau.OnnxFormat;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace Flambeau;

/// <summary>A model in ONNX Runtime.</summary>
public sealed class OnnxSession : IDisposable
{
    readonly InferenceSession session;
    readonly RunOptions run = new();

    /// <summary>Opens a model in memory.</summary>
    /// <param name="model">The model.</param>
    /// <param name="threads">Threads for one op; 0 lets ONNX Runtime choose.</param>
    /// <exception cref="OnnxException">ONNX Runtime refuses it.</exception>
    public OnnxSession(ModelProto model, int threads = 0) : this(options => new InferenceSession(model.ToByteArray(), options), threads) { }

    /// <summary>Opens a model's file.</summary>
    /// <exception cref="OnnxException">ONNX Runtime refuses it.</exception>
    public OnnxSession(string path, int threads = 0) : this(options => new InferenceSession(path, options), threads) { }

    OnnxSession(Func<SessionOptions, InferenceSession> open, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        try
        {
            session = open(options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxException($"ONNX Runtime refuses the model: {e.Message}", e);
        }
    }

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> InputNames => session.InputNames;

    /// <summary>Names of the outputs.</summary>
    public IReadOnlyList<string> OutputNames => session.OutputNames;

    /// <summary>Runs the model.</summary>
    /// <param name="inputs">One tensor for each input.</param>
    /// <returns>One tensor for each output.</returns>
    /// <exception cref="OnnxException">ONNX Runtime fails.</exception>
    public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var given = inputs.Select(OrtTensors.To).ToArray();
        try
        {
            using var results = session.Run(run, session.InputNames, given, session.OutputNames);
            return [.. results.Select(OrtTensors.From)];
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxException($"ONNX Runtime: {e.Message}", e);
        }
        finally
        {
            foreach (var g in given) g.Dispose();
        }
    }

    /// <summary>Runs a model once: the other side for <see cref="Onnx.Compare(Graphs.Graph, IReadOnlyList{Tensor}, OnnxRunner, double, OnnxExportOptions?)"/>.</summary>
    public static IReadOnlyList<Tensor> RunOnce(ModelProto model, IReadOnlyList<Tensor> inputs)
    {
        using var s = new OnnxSession(model);
        return s.Run(inputs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        session.Dispose();
        run.Dispose();
    }
}
