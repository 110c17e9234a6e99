using System.CommandLine;
using Flambeau.Bench;
using Flambeau.Bench.Peer;

TorchLibrary.Prepare();
return new RootCommand("Flambeau beside its peers, in one run.") { CpuCommand.Make(), LoopCommand.Make(), GraphCommand.Make(), OnnxCommand.Make() }.Parse(args).Invoke();
