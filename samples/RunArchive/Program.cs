using Flambeau;
using Flambeau.Formats;

// Runs a saved model on tensors from a file. No class of the model is here: the archive holds all that is needed.
if (args is not [var model, var inputs, var outputs])
{
    Console.Error.WriteLine("usage: RunArchive MODEL.flambeau INPUTS.safetensors OUTPUTS.safetensors");
    return 2;
}
try
{
    var module = ScriptModule.Load(model);
    var given = Safetensors.Load(inputs);
    var result = module.Call([.. module.Main.Parameters.TakeWhile(p => given.ContainsKey(p.Name)).Select(p => (object?)given[p.Name])]);
    Safetensors.Save(outputs, [KeyValuePair.Create("output", ((Tensor)result!).Detach())]);
    return 0;
}
catch (Exception wrong) when (wrong is IOException or ArgumentException)
{
    Console.Error.WriteLine(wrong.Message);
    return 1;
}
