using System.CommandLine;
using Flambeau.Conformance;

var filter = new Option<string?>("--filter") { Description = "only items whose name contains this" };
var json = new Option<FileInfo?>("--json") { Description = "write the details here" };
var verbose = new Option<bool>("--verbose") { Description = "name each check before it runs" };
var device = new Option<string>("--device") { Description = "where to compute", DefaultValueFactory = static _ => "cpu" };

var root = new RootCommand("Runs reference results through the by-name registry and the public API.");
Suite("opinfo", "operators", "ops", OpInfoSuite.Run);
Suite("traced", "operators through graphs: traced, printed, parsed, run", "ops", OpInfoSuite.RunTraced);
Suite("modules", "nn modules", "modules", ModuleSuite.Run);
Suite("traced-modules", "nn modules through graphs", "modules", ModuleSuite.RunTraced);
Suite("optim", "optimizers and schedulers", "cases", OptimSuite.Run);
Suite("checkpoints", "files of other frameworks", "cases", CheckpointSuite.Run);
Suite("onnx", "ONNX models and node tests", "tests", OnnxSuite.Run);
return root.Parse(args).Invoke();

void Suite(string name, string description, string unit, Action<string, Report> run)
{
    var directory = new Argument<DirectoryInfo>("dir") { Description = "the folder with the data" };
    var command = new Command(name, description) { directory, filter, json, device, verbose };
    command.SetAction(result =>
    {
        var dir = result.GetValue(directory)!;
        if (!dir.Exists)
        {
            Console.Error.WriteLine($"there is no folder '{dir.FullName}'");
            return 2;
        }
        try
        {
            Flambeau.Cuda.Cuda.Load();
            Flambeau.Cuda.Cuda.Log = null;
            // the references are of full precision
            Flambeau.Cuda.Cuda.AllowTf32Convolutions = false;
            Where.Device = Flambeau.Device.Parse(result.GetValue(device)!);
            using (Where.Device.Use()) { }
        }
        catch (NotSupportedException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
        var report = new Report(result.GetValue(filter), result.GetValue(verbose));
        run(dir.FullName, report);
        report.Finish(unit, result.GetValue(json)?.FullName);
        return 0;
    });
    root.Add(command);
}
