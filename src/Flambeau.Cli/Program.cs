using Flambeau.Cli;

return App.Run(args, Terminal.OfProcess());
