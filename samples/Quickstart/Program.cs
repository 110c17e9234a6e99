using Flambeau;
using Flambeau.Data;
using Flambeau.Nn;
using Flambeau.Optim;

var (train, test) = Mnist.Drawn(seed: 1);   // digits drawn by the program; Mnist.Load("DIR") reads the files of MNIST
var model = new Mlp();
var adam = new Adam(model.Parameters(), lr: 1e-3);
foreach (var (images, labels) in train.Batches(64, shuffle: true, seed: 1))
{
    adam.ZeroGrad();
    Functional.CrossEntropy(model.Forward(images), labels).Backward();
    adam.Step();
}

var (unseen, answers) = test.Batches(4000).First();
Console.WriteLine($"{model.Forward(unseen).Argmax(1).Eq(answers).Sum().Item<long>()} of {test.Count} unseen digits recognised");

[Module] public sealed partial class Mlp : Layer
{
    readonly Linear hidden = new(784, 128), output = new(128, 10);   // found by the generator; no registration call

    public override Tensor Forward(Tensor x) => output.Forward(hidden.Forward(x.Flatten(1)).Relu());
}
