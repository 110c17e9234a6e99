namespace Flambeau.Bench.Harness;

/// <summary>One engine's half of a case: what is timed, and what it results in for the comparison of both.</summary>
/// <param name="Run">Does the work once.</param>
/// <param name="Result">Does the work and returns its numbers.</param>
sealed record Side(Action Run, Func<float[]> Result);

/// <summary>What a rate is counted in.</summary>
enum Unit
{
    /// <summary>Floating-point operations, a multiply-add as two.</summary>
    Flop,

    /// <summary>Bytes read and written at least once.</summary>
    Byte,

    /// <summary>Nothing that a rate would tell.</summary>
    None,
}

/// <summary>The same work for our engine and for its peer.</summary>
/// <param name="Section">Group it is reported in.</param>
/// <param name="Name">What it does, on which sizes.</param>
/// <param name="Amount">Work of one run, in <paramref name="Unit"/>.</param>
/// <param name="Unit">What <paramref name="Amount"/> counts.</param>
/// <param name="Floor">Least ratio wanted.</param>
/// <param name="Ours">Sets up our side.</param>
/// <param name="Peer">Sets up libtorch's side.</param>
/// <param name="Tolerance">Largest difference of results, relative to the largest value.</param>
sealed record Case(string Section, string Name, double Amount, Unit Unit, double Floor, Func<Side> Ours, Func<Side> Peer, double Tolerance = 1e-4)
{
    /// <summary>Sets up our side as a compiled program and its inputs, for a look at its steps; null where nothing is compiled.</summary>
    public Func<(Flambeau.Compiler.CompiledFunction Program, Tensor[] Inputs)>? Compiled { get; init; }

    /// <summary>Prints how long each step of our compiled program takes.</summary>
    public void Steps(TextWriter output)
    {
        if (Compiled is null) return;
        var (program, inputs) = Compiled();
        program.Measure(1, inputs);
        // The JIT replaces code in the background, in two steps.
        for (var round = 0; round < 4; round++)
        {
            program.Measure((int)Math.Clamp(50 / program.Measure(1, inputs).Sum(static r => r.Mean.TotalMilliseconds), 1, 100), inputs);
            Thread.Sleep(200);
        }
        var rows = program.Measure((int)Math.Clamp(500 / program.Measure(1, inputs).Sum(static r => r.Mean.TotalMilliseconds), 3, 300), inputs);
        output.WriteLine($"## {Name}: {rows.Sum(static r => r.Mean.TotalMicroseconds):f0} µs");
        foreach (var r in rows) output.WriteLine($"{r.Mean.TotalMicroseconds,8:f1} µs  {r.Name}  {string.Join(", ", r.Inputs)} -> {string.Join(", ", r.Outputs)}");
    }
}
