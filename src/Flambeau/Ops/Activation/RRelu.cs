using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>
    /// Randomised leaky relu (Xu et al., arXiv 1505.00853): below 0 the slope is drawn from [lower, upper] for each element when training, and is their mean otherwise.
    /// </summary>
    [Op("nn.functional.rrelu(Tensor input, float lower=0.125, float upper=0.3333333333333333, bool training=False, bool inplace=False) -> Tensor")]
    public static Tensor RRelu(this Tensor input, double lower = 1.0 / 8, double upper = 1.0 / 3, bool training = false, bool inplace = false)
    {
        if (!(lower <= upper)) throw new ArgumentException($"rrelu: lower is {lower} and upper {upper}; lower must not exceed upper");
        if (!training) return input.LeakyRelu((lower + upper) / 2, inplace);
        var slope = input.EmptyLike().Uniform_(lower, upper);
        return Into(input, input.Where(input.Gt(0), input * slope), inplace);
    }
}
