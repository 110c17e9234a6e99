using Flambeau.Ops;

namespace Flambeau;

/// <summary>Dropout under the names that scripts and graphs call it by.</summary>
public sealed partial class Tensor
{
    [Op("dropout(Tensor input, float p, bool train) -> Tensor")]
    internal static Tensor DropoutByName(Tensor input, double p, bool train) => input.Dropout(p, train);

    [Op("dropout_(Tensor self, float p, bool train) -> Tensor")]
    internal static Tensor DropoutInPlaceByName(Tensor self, double p, bool train) => self.Dropout(p, train, inplace: true);

    [Op("feature_dropout(Tensor input, float p, bool train) -> Tensor")]
    internal static Tensor FeatureDropoutByName(Tensor input, double p, bool train) => input.Dropout2d(p, train);

    [Op("feature_dropout_(Tensor self, float p, bool train) -> Tensor")]
    internal static Tensor FeatureDropoutInPlaceByName(Tensor self, double p, bool train) => self.Dropout2d(p, train, inplace: true);

    [Op("alpha_dropout(Tensor input, float p, bool train) -> Tensor")]
    internal static Tensor AlphaDropoutByName(Tensor input, double p, bool train) => input.AlphaDropout(p, train);

    [Op("feature_alpha_dropout(Tensor input, float p, bool train) -> Tensor")]
    internal static Tensor FeatureAlphaDropoutByName(Tensor input, double p, bool train) => input.FeatureAlphaDropout(p, train);
}
