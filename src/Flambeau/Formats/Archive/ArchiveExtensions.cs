using Flambeau.Capture;
using Flambeau.Formats;
using Flambeau.Graphs;

namespace Flambeau;

/// <summary>Modules, functions and traces in archives.</summary>
public static class ArchiveExtensions
{
    extension(ScriptModule module)
    {
        /// <summary>Loads a Flambeau archive. The class of the model isn't needed; parameters can be trained further.</summary>
        /// <exception cref="CheckpointException">The file is damaged, hostile, of a later version, or no archive.</exception>
        public static ScriptModule Load(string path, ArchiveOptions? options = null) => Archive.Load(path, options).Module();

        /// <summary>Writes the module as a Flambeau archive: <c>Forward</c> and further methods, which share the parameters and buffers.</summary>
        /// <param name="path">The file; <c>.flambeau</c> is customary.</param>
        /// <param name="methods">Names of further methods that are scripts.</param>
        /// <param name="metadata">Strings to keep beside them.</param>
        /// <exception cref="ScriptException">A method is no script, or can't be made into a graph.</exception>
        public void Save(string path, IEnumerable<string>? methods = null, IEnumerable<KeyValuePair<string, string>>? metadata = null) =>
            Archive.Save(path, [KeyValuePair.Create("Forward", module.Main), .. (methods ?? []).Where(static m => m != "Forward").Select(m => KeyValuePair.Create(m, module[m]))], metadata);

        /// <summary>The parameters, buffers and constants of <c>Forward</c>, with their names.</summary>
        public IReadOnlyList<StateEntry> State => module.Graph.State;

        /// <summary>The trained tensors of <c>Forward</c>.</summary>
        public IEnumerable<Tensor> Parameters() => module.Graph.State.Where(static s => s.Kind == StateKind.Parameter).Select(static s => s.Tensor).Distinct(ReferenceEqualityComparer.Instance).Cast<Tensor>();
    }

    extension(ScriptFunction function)
    {
        /// <summary>Writes the function as a Flambeau archive.</summary>
        /// <exception cref="ScriptException">It can't be made into a graph.</exception>
        public void Save(string path, IEnumerable<KeyValuePair<string, string>>? metadata = null) => Archive.Save(path, [KeyValuePair.Create("Forward", function)], metadata);
    }

    extension(TraceResult trace)
    {
        /// <summary>Writes the traced program as a Flambeau archive.</summary>
        public void Save(string path, IEnumerable<KeyValuePair<string, string>>? metadata = null) => Archive.Save(path, trace.Graph, metadata);
    }

    extension(Archive archive)
    {
        /// <summary>The archive's programs as a module's methods.</summary>
        public ScriptModule Module() => new(archive.Functions.ContainsKey("Forward") || archive.Functions.Count == 0 ? archive.Functions : [.. archive.Functions, KeyValuePair.Create("Forward", archive.Functions.First().Value)]);
    }
}
