using System.Runtime.CompilerServices;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Tests.RandomGraphs;

/// <summary>Values of nodes while a graph is being built.</summary>
static class Evaluate
{
    internal static object? Get(Operand o, Dictionary<Value, object?> known) =>
        o.Value is { } v ? known[v] : o.List is { } l ? l.Select(x => Get(x, known)).ToArray() : o.Constant;

    internal static void Run(Block block, Dictionary<Value, object?> known)
    {
        foreach (var n in block.Nodes) Run(n, known);
    }

    internal static void Run(Node n, Dictionary<Value, object?> known)
    {
        switch (n)
        {
            case OpNode op:
                var result = Interpreter.Normal(op.Entry.Invoke([.. op.Inputs.Select(o => Get(o, known))]));
                if (op.Outputs.Count == 1) known[op.Outputs[0]] = result;
                else
                {
                    for (var i = 0; i < op.Outputs.Count; i++) known[op.Outputs[i]] = ((object?[])result!)[i];
                }
                break;
            case IfNode i:
                var branch = (bool)Get(i.Condition, known)! ? i.Then : i.Else;
                Run(branch, known);
                for (var k = 0; k < i.Outputs.Count; k++) known[i.Outputs[k]] = Get(branch.Results[k], known);
                break;
            case LoopNode l:
                var carried = l.Carried.Select(o => Get(o, known)).ToArray();
                var go = (bool)Get(l.Condition, known)!;
                var count = Get(l.Count, known) as long? ?? long.MaxValue;
                for (long step = 0; go && step < count; step++)
                {
                    known[l.Body.Parameters[0]] = step;
                    for (var k = 0; k < carried.Length; k++) known[l.Body.Parameters[k + 1]] = carried[k];
                    Run(l.Body, known);
                    go = (bool)Get(l.Body.Results[0], known)!;
                    carried = [.. l.Body.Results.Skip(1).Select(o => Get(o, known))];
                }
                for (var k = 0; k < carried.Length; k++) known[l.Outputs[k]] = carried[k];
                break;
        }
    }
}
