using Flambeau;
using Flambeau.Optim;

// Fits y = sin(3x) with a small network, compiled ahead of time: no runtime, no JIT.
Generator.Current.ManualSeed(1);
var x = Tensor.Rand([512, 1]) * 2 - 1;
var y = (x * 3).Sin();
Tensor w1 = Tensor.Randn([1, 64]).WithGrad(), b1 = Tensor.Zeros([64]).WithGrad(), w2 = (Tensor.Randn([64, 1]) * 0.1).WithGrad(), b2 = Tensor.Zeros([1]).WithGrad();
var adam = new Adam([w1, b1, w2, b2], lr: 1e-2);
for (var step = 0; step <= 400; step++)
{
    adam.ZeroGrad();
    var error = (x.Mm(w1) + b1).Tanh().Mm(w2) + b2 - y;
    var loss = (error * error).Sum() / error.Numel;
    loss.Backward();
    adam.Step();
    if (step % 100 == 0) Console.WriteLine($"step {step,3}  loss {loss.Item<double>():F6}");
}
return 0;
