using System.Diagnostics;
using System.Globalization;
using Flambeau.Bench.Models;
using Flambeau.Cpu;

// usage: Flambeau.Loop THREADS SECONDS [PART OF A NAME]
// One line a workload: name, median milliseconds of a training step, quartiles.
if (args.Length < 2)
{
    Console.Error.WriteLine("usage: Flambeau.Loop THREADS SECONDS [PART OF A NAME]");
    return 2;
}
CpuThreads.Count = int.Parse(args[0], CultureInfo.InvariantCulture);
var seconds = double.Parse(args[1], CultureInfo.InvariantCulture);
foreach (var work in Workload.All.Where(w => args.Length < 3 || w.Name.Contains(args[2], StringComparison.OrdinalIgnoreCase)))
{
    var step = work.OurStep();
    List<double> times = [];
    // The JIT replaces code in the background while the loop warms up.
    for (var clock = Stopwatch.StartNew(); clock.Elapsed.TotalSeconds < seconds / 2;) step();
    for (var clock = Stopwatch.StartNew(); times.Count < 5 || clock.Elapsed.TotalSeconds < seconds;)
    {
        var start = Stopwatch.GetTimestamp();
        step();
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
    times.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"flambeau | {args[0]} | {work.Name} | {times[times.Count / 2]:F2} | {times[times.Count / 4]:F2}–{times[times.Count * 3 / 4]:F2}"));
}
return 0;
