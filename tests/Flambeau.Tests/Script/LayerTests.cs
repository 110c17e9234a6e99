using Flambeau.Nn;

namespace Flambeau.Tests.Scripts;

/// <summary>Every layer can be called from a script.</summary>
public sealed class LayerTests
{
    static readonly long[] image = [2, 4, 6, 6];

    static Tensor Values(params long[] shape)
    {
        var n = shape.Aggregate(1L, static (a, b) => a * b);
        return (Tensor.Arange(n).To(DType.Float32) * 0.7).Sin().Reshape(shape);
    }

    public static TheoryData<string> Names => [.. cases.Keys];

    static readonly Dictionary<string, Func<(Module, object?[])>> cases = new()
    {
        ["Linear"] = static () => (new Linear(4, 3), [Values(2, 4)]),
        ["Bilinear"] = static () => (new Bilinear(4, 3, 2), [Values(2, 4), Values(2, 3)]),
        ["Identity"] = static () => (new Identity(), [Values(3)]),
        ["Sequential"] = static () => (new Sequential(new Linear(4, 3), new ReLU(), new Linear(3, 2)), [Values(2, 4)]),
        ["Conv1d"] = static () => (new Conv1d(4, 3, 3, padding: 1), [Values(2, 4, 6)]),
        ["Conv2d"] = static () => (new Conv2d(4, 3, 3, padding: 1), [Values(image)]),
        ["Conv2d same"] = static () => (new Conv2d(4, 3, 3, padding: "same"), [Values(image)]),
        ["Conv2d reflect"] = static () => (new Conv2d(4, 3, 3, padding: 1, paddingMode: "reflect"), [Values(image)]),
        ["Conv3d"] = static () => (new Conv3d(2, 3, 2), [Values(1, 2, 3, 3, 3)]),
        ["ConvTranspose1d"] = static () => (new ConvTranspose1d(4, 3, 3, stride: 2), [Values(2, 4, 6)]),
        ["ConvTranspose2d"] = static () => (new ConvTranspose2d(4, 3, 3, stride: 2), [Values(image)]),
        ["BatchNorm1d"] = static () => (new BatchNorm1d(4), [Values(5, 4)]),
        ["BatchNorm2d"] = static () => (new BatchNorm2d(4), [Values(image)]),
        ["BatchNorm2d average"] = static () => (new BatchNorm2d(4, momentum: null), [Values(image)]),
        ["InstanceNorm2d"] = static () => (new InstanceNorm2d(4, affine: true), [Values(image)]),
        ["GroupNorm"] = static () => (new GroupNorm(2, 4), [Values(image)]),
        ["LayerNorm"] = static () => (new LayerNorm(6), [Values(image)]),
        ["RMSNorm"] = static () => (new RMSNorm(6), [Values(image)]),
        ["Dropout"] = static () => (new Dropout(0.5), [Values(image)]),
        ["Dropout2d"] = static () => (new Dropout2d(0.5), [Values(image)]),
        ["MaxPool2d"] = static () => (new MaxPool2d(2), [Values(image)]),
        ["AvgPool2d"] = static () => (new AvgPool2d(2), [Values(image)]),
        ["LPPool2d"] = static () => (new LPPool2d(2, 2), [Values(image).Abs()]),
        ["AdaptiveAvgPool2d"] = static () => (new AdaptiveAvgPool2d(2), [Values(image)]),
        ["AdaptiveMaxPool2d"] = static () => (new AdaptiveMaxPool2d(2), [Values(image)]),
        ["ReLU"] = static () => (new ReLU(), [Values(image)]),
        ["GELU"] = static () => (new GELU(), [Values(image)]),
        ["PReLU"] = static () => (new PReLU(), [Values(image)]),
        ["Softmax"] = static () => (new Softmax(1), [Values(image)]),
        ["Hardtanh"] = static () => (new Hardtanh(), [Values(image)]),
        ["Softplus"] = static () => (new Softplus(), [Values(image)]),
        ["ZeroPad2d"] = static () => (new ZeroPad2d(1), [Values(image)]),
        ["ReflectionPad2d"] = static () => (new ReflectionPad2d(2), [Values(image)]),
        ["ReplicationPad2d"] = static () => (new ReplicationPad2d((1, 2, 0, 3)), [Values(image)]),
        ["CircularPad2d"] = static () => (new CircularPad2d(1), [Values(image)]),
        ["ConstantPad2d"] = static () => (new ConstantPad2d(-1, 2), [Values(image)]),
        ["Flatten"] = static () => (new Flatten(), [Values(image)]),
        ["Unflatten"] = static () => (new Unflatten(1, (2, 2)), [Values(image)]),
        ["PixelShuffle"] = static () => (new PixelShuffle(2), [Values(image)]),
        ["Unfold"] = static () => (new Unfold(2), [Values(image)]),
        ["Upsample"] = static () => (new Upsample(scaleFactor: [2], mode: "bilinear", alignCorners: false), [Values(image)]),
        ["Embedding"] = static () => (new Embedding(5, 3), [Tensor.From([1L, 4, 0])]),
        ["EmbeddingBag"] = static () => (new EmbeddingBag(5, 3), [Tensor.From([1L, 4, 0, 2], [2, 2])]),
        ["RNNCell"] = static () => (new RNNCell(4, 3), [Values(2, 4)]),
        ["GRUCell"] = static () => (new GRUCell(4, 3), [Values(2, 4), Values(2, 3)]),
        ["LSTMCell"] = static () => (new LSTMCell(4, 3), [Values(2, 4), (Values(2, 3), Values(2, 3))]),
        ["RNN"] = static () => (new RNN(4, 3), [Values(5, 2, 4)]),
        ["GRU"] = static () => (new GRU(4, 3, bidirectional: true), [Values(5, 2, 4)]),
        ["LSTM"] = static () => (new LSTM(4, 3, numLayers: 2, batchFirst: true), [Values(2, 5, 4)]),
        ["LSTM with state"] = static () => (new LSTM(4, 3), [Values(5, 2, 4), (Values(1, 2, 3), Values(1, 2, 3))]),
        ["MultiheadAttention"] = static () => (new MultiheadAttention(8, 2), [Values(5, 2, 8), Values(4, 2, 8), Values(4, 2, 8)]),
        ["MultiheadAttention causal"] = static () => (new MultiheadAttention(8, 2, batchFirst: true), [Values(2, 5, 8), Values(2, 5, 8), Values(2, 5, 8), null, false, null, true, true]),
        ["TransformerEncoderLayer"] = static () => (new TransformerEncoderLayer(8, 2, 16, dropout: 0), [Values(5, 2, 8)]),
        ["TransformerDecoderLayer"] = static () => (new TransformerDecoderLayer(8, 2, 16, dropout: 0), [Values(5, 2, 8), Values(4, 2, 8)]),
        ["CrossEntropyLoss"] = static () => (new CrossEntropyLoss(), [Values(2, 4), Tensor.From([1L, 3])]),
        ["MSELoss"] = static () => (new MSELoss(), [Values(2, 4), Values(2, 4) * 2]),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Layers_are_scripts(string name)
    {
        var (m, arguments) = cases[name]();
        Check.Same(m, arguments);
        m.Eval();
        Check.Same(m, arguments);
    }
}
