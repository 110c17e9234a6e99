using System.Runtime.CompilerServices;

namespace Flambeau.Data;

public static partial class DrawnDigits
{
    // The random numbers of one image.
    struct Hand(RandomStream stream, long image)
    {
        RandomDraws draws = new(stream, image);

        public float Next() => (float)draws.Unit();

        public float Between(float low, float high) => low + (high - low) * Next();

        public bool Chance(float probability) => Next() < probability;

        public int Below(int count) => (int)(draws.Unit() * count);

        /// <summary>Bell-shaped with variance 1, from sums alone: a logarithm or cosine would not have the same bits everywhere.</summary>
        public float Bell() => (Next() + Next() + Next() + Next() - 2) * 1.7320508f;
    }

    // Where one image's unit box lands: a linear map, and an elastic field given on a coarse grid.
    readonly struct Page
    {
        readonly float xx, xy, yx, yy, x0, y0;
        readonly Field field;

        public readonly float Pen;

        public Page(ref Hand hand, bool narrow)
        {
            float height = hand.Between(14, 21), width = height * hand.Between(0.5f, 0.95f) * (narrow ? 0.6f : 1);
            float slant = hand.Between(-0.18f, 0.38f), half = hand.Between(-0.13f, 0.13f);
            // a turn by 2·atan(half), which needs no sine
            float cos = (1 - half * half) / (1 + half * half), sin = 2 * half / (1 + half * half);
            (xx, xy) = (cos * width, -(cos * slant + sin) * height);
            (yx, yy) = (sin * width, (cos - sin * slant) * height);
            (x0, y0) = (Size / 2f + hand.Bell() * 0.9f, Size / 2f + hand.Bell() * 0.9f);
            Pen = hand.Between(0.7f, 1.75f);
            var strength = hand.Between(0, 1.1f);
            for (var i = 0; i < 2 * Grid * Grid; i++) field[i] = strength * hand.Bell();
        }

        public Point Place(Point p)
        {
            float u = p.X - 0.5f, v = p.Y - 0.5f;
            float x = x0 + xx * u + xy * v, y = y0 + yx * u + yy * v;
            float gx = Math.Clamp(x * (Grid - 1) / Size, 0, Grid - 1.001f), gy = Math.Clamp(y * (Grid - 1) / Size, 0, Grid - 1.001f);
            int ix = (int)gx, iy = (int)gy;
            float fx = gx - ix, fy = gy - iy;
            return new(x + Bilinear(0, ix, iy, fx, fy), y + Bilinear(Grid * Grid, ix, iy, fx, fy));
        }

        float Bilinear(int from, int ix, int iy, float fx, float fy)
        {
            var at = from + iy * Grid + ix;
            float above = field[at] + fx * (field[at + 1] - field[at]), below = field[at + Grid] + fx * (field[at + Grid + 1] - field[at + Grid]);
            return above + fy * (below - above);
        }

        [InlineArray(2 * Grid * Grid)]
        struct Field
        {
            float first;
        }
    }
}
