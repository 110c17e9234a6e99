using Flambeau.OnnxFormat;

namespace Flambeau;

/// <summary>ONNX: models in and out.</summary>
public static partial class Onnx
{
    /// <summary>Reads a model and builds its graph. Initializers become state of the graph; real ones that the model names count as parameters.</summary>
    /// <param name="path">The file.</param>
    /// <param name="known">Values for inputs that become constants; needed for those that decide the structure of the graph, such as axes.</param>
    /// <exception cref="OnnxException">The file is damaged, or it uses an operator Flambeau can't import; says which, and at which node.</exception>
    public static OnnxModel Load(string path, IReadOnlyDictionary<string, Tensor>? known = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Importer.Import(OnnxFile.Read(path), Path.GetDirectoryName(Path.GetFullPath(path)), Path.GetFileNameWithoutExtension(path), known);
    }

    /// <summary>Builds the graph of a model in memory; its data must be in it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="known">As for a file.</param>
    /// <exception cref="OnnxException">As for a file.</exception>
    public static OnnxModel Load(ModelProto model, IReadOnlyDictionary<string, Tensor>? known = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Importer.Import(model, null, model.Graph is { Name.Length: > 0 } g ? g.Name : "model", known);
    }
}
