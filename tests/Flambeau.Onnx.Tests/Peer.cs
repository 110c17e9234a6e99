using Flambeau.OnnxFormat;

namespace Flambeau.OnnxTests;

/// <summary>ONNX Runtime, to which results are compared.</summary>
internal static class Peer
{
    internal static IReadOnlyList<Tensor> Run(ModelProto model, params Tensor[] inputs)
    {
        using var session = new OnnxSession(model, threads: 1);
        return session.Run(inputs);
    }

    internal static IReadOnlyList<Tensor> Run(string path, params Tensor[] inputs)
    {
        using var session = new OnnxSession(path, threads: 1);
        return session.Run(inputs);
    }
}
