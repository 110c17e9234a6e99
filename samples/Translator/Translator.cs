using Flambeau;
using Flambeau.Nn;

namespace TranslatorSample;

/// <summary>
/// One LSTM reads symbols, another says words until it says word 0 (Sutskever, Vinyals and Le, "Sequence to Sequence Learning with Neural Networks", arXiv:1409.3215).
/// Reading, learning and both ways of speaking are scripts: the loops stay loops in the graph, and end when the sentence does.
/// </summary>
[Module]
public sealed partial class Translator(long symbols, long words, long width) : Module
{
    readonly Embedding symbol = new(symbols, width), word = new(words, width);
    readonly LSTMCell reader = new(width, width), speaker = new(width, width);
    readonly Linear output = new(width, words);

    /// <summary>What the reader knows after the symbols [S, N]: states [N, width].</summary>
    [Script]
    (Tensor H, Tensor C) Read(Tensor source)
    {
        var h = Tensor.Zeros([source.Size(1), width]);
        var c = Tensor.Zeros([source.Size(1), width]);
        for (var t = 0; t < source.Size(0); t++) (h, c) = reader.Forward(symbol.Forward(source[t]), (h, c));
        return (h, c);
    }

    /// <summary>For learning: the scores [T, N, words] of the word after each of those said, [T, N], which begin with word 0.</summary>
    [Script]
    public Tensor Scores(Tensor source, Tensor said)
    {
        var (h, c) = Read(source);
        var scores = new List<Tensor>();
        for (var t = 0; t < said.Size(0); t++)
        {
            (h, c) = speaker.Forward(word.Forward(said[t]), (h, c));
            scores.Add(output.Forward(h));
        }
        return Tensor.Stack([.. scores], 0);
    }

    /// <summary>Greedy: the likeliest word each time. Takes symbols [S], gives words [T], the last being word 0 unless the limit came first.</summary>
    [Script]
    public Tensor Forward(Tensor source, long limit)
    {
        var (h, c) = Read(source.Unsqueeze(1));
        var next = Tensor.Zeros([1], DType.Int64);
        var said = new List<Tensor>();
        for (var i = 0; i < limit; i++)
        {
            (h, c) = speaker.Forward(word.Forward(next), (h, c));
            next = output.Forward(h).Argmax(1);
            said.Add(next);
            if (next.Item<long>() == 0) break;
        }
        return Tensor.Cat([.. said], 0);
    }

    /// <summary>Beam search: the likeliest few sentences [beams, T], filled up with word 0, and the logarithms of their probabilities, best first.</summary>
    [Script]
    public (Tensor Sentences, Tensor Scores) Beam(Tensor source, long beams, long limit)
    {
        var (h, c) = Read(source.Unsqueeze(1));
        h = h.Expand([beams, width]).Clone();
        c = c.Expand([beams, width]).Clone();
        var next = Tensor.Zeros([beams], DType.Int64);
        // All beams begin alike, so that only the first counts at first; and after its end a sentence goes on with word 0 at no cost.
        var score = Tensor.Arange(0, beams).Clamp(0, 1).Float() * -1e9;
        var idle = Tensor.Arange(0, words).Clamp(0, 1).Float() * -1e9;
        var done = Tensor.Zeros([beams], DType.Bool);
        var sentences = Tensor.Zeros([beams, 0], DType.Int64);
        for (var i = 0; i < limit; i++)
        {
            (h, c) = speaker.Forward(word.Forward(next), (h, c));
            var step = Tensor.Where(done.Unsqueeze(1), idle.Unsqueeze(0), output.Forward(h).LogSoftmax(1));
            var (best, places) = (score.Unsqueeze(1) + step).Reshape([-1]).Topk(beams);
            var from = places.Div(words, "floor");
            next = places.Remainder(words);
            score = best;
            h = h.IndexSelect(0, from);
            c = c.IndexSelect(0, from);
            done = done.IndexSelect(0, from) | next.Eq(0);
            sentences = Tensor.Cat([sentences.IndexSelect(0, from), next.Unsqueeze(1)], 1);
            if (done.All().Item<bool>()) break;
        }
        return (sentences, score);
    }
}
