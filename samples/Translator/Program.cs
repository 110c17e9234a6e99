using System.Diagnostics;
using Flambeau;
using Flambeau.Autograd;
using TranslatorSample;

// A translator is trained as plain C#, and its two ways of speaking become one ONNX file each: loops that end when the sentence does are part of them.
var folder = args.Length > 0 ? args[0] : ".";
var steps = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 1000;
Generator.Current.ManualSeed(7);
var translator = new Translator(10, Numbers.Words.Count, 64);
var clock = Stopwatch.StartNew();
Numbers.Teach(translator, steps, report: static (step, loss) =>
{
    if (step % 200 == 199) Console.WriteLine($"step {step + 1,4}: loss {loss:F4}");
});
translator.Eval();
using var off = Grad.No();
var right = Enumerable.Range(0, 1000).Count(n => translator.Forward(Numbers.Digits(n), 12).ToArray<long>().SequenceEqual(Numbers.Say(n)));
Console.WriteLine($"{right} of 1000 numbers are said rightly after {clock.Elapsed.TotalSeconds:F1} s");

var script = Script.Of(translator);
var (greedy, beam) = (Path.Combine(folder, "greedy.onnx"), Path.Combine(folder, "beam.onnx"));
Onnx.Export(script.Main, [Numbers.Digits(42), 12L], greedy);
Onnx.Export(script["Beam"], [Numbers.Digits(42), 3L, 12L], beam);
var (speak, search) = (Onnx.Load(greedy), Onnx.Load(beam));
var (beams, limit) = (Tensor.FromScalar(3L), Tensor.FromScalar(12L)); // the format's numbers are tensors
foreach (var n in (long[])[0, 17, 90, 300, 365, 999])
{
    var digits = Numbers.Digits(n);
    var said = ((Tensor)speak.Run(digits, limit)[0]!).ToArray<long>();
    if (!said.SequenceEqual(translator.Forward(digits, 12).ToArray<long>())) throw new InvalidOperationException("greedy.onnx says something else than the program");
    var found = search.Run(digits, beams, limit);
    Console.WriteLine($"{n} is \"{Numbers.Spell(said)}\"");
    for (var i = 0; i < 3; i++) Console.WriteLine($"  {Math.Exp(((Tensor)found[1]!)[i].Item<float>()):P1} \"{Numbers.Spell(((Tensor)found[0]!)[i].ToArray<long>())}\"");
}
