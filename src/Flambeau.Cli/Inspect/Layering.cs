namespace Flambeau.Cli.Inspect;

/// <summary>
/// Places boxes in rows so that wires go down: each below all that feed it, ordered by the mean place of its neighbours to avoid crossings, wires over
/// several rows bending around boxes (after Sugiyama, Tagawa and Toda, 1981). Places within a row are the nearest to the neighbours' that keep the order and the gaps.
/// </summary>
internal static class Layering
{
    const double RowHeight = 64, Gap = 22, Margin = 24;
    const int Sweeps = 6, MostBends = 40_000;

    sealed class Item(double width)
    {
        public double Width => width;
        public double X;
        public List<Item> Up { get; } = [];
        public List<Item> Down { get; } = [];
    }

    /// <summary>Sets the places.</summary>
    /// <returns>Width and height of the picture.</returns>
    public static (double Width, double Height) Arrange(IReadOnlyList<Box> boxes, IReadOnlyList<Wire> wires)
    {
        if (boxes.Count == 0) return (1, 1);
        var row = Rows(boxes.Count, wires);
        var rows = Enumerable.Range(0, row.Max() + 1).Select(static _ => new List<Item>()).ToArray();
        var items = boxes.Select(static b => new Item(b.Width)).ToArray();
        for (var i = 0; i < items.Length; i++) rows[row[i]].Add(items[i]);
        var bends = new List<(Wire Wire, List<Item> Items, int Row)>();
        var made = 0;
        foreach (var w in wires)
        {
            var above = items[w.From];
            List<Item> passed = [];
            for (var r = row[w.From] + 1; r < row[w.To] && made < MostBends; r++, made++)
            {
                var bend = new Item(6);
                rows[r].Add(bend);
                passed.Add(bend);
                Join(above, bend);
                above = bend;
            }
            Join(above, items[w.To]);
            bends.Add((w, passed, row[w.From] + 1));
        }
        foreach (var r in rows) Place(r, static i => i.X);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach (var r in rows) Place(r, static i => Mean(i.Up, i.X));
            foreach (var r in rows.Reverse()) Place(r, static i => Mean(i.Down, i.X));
        }
        foreach (var r in rows) Place(r, static i => i.Up.Count + i.Down.Count == 0 ? i.X : (i.Up.Sum(static u => u.X) + i.Down.Sum(static d => d.X)) / (i.Up.Count + i.Down.Count), sort: false);
        var left = rows.SelectMany(static r => r).Min(static i => i.X - i.Width / 2) - Margin;
        for (var i = 0; i < items.Length; i++) (boxes[i].X, boxes[i].Y) = (items[i].X - left, Margin + row[i] * RowHeight);
        foreach (var (wire, passed, first) in bends)
        {
            for (var k = 0; k < passed.Count; k++) wire.Bends.Add((passed[k].X - left, Margin + (first + k) * RowHeight));
        }
        return (rows.SelectMany(static r => r).Max(static i => i.X + i.Width / 2) - left + Margin, 2 * Margin + rows.Length * RowHeight);
    }

    /// <summary>The longest way from the top; boxes come after those that feed them.</summary>
    static int[] Rows(int count, IReadOnlyList<Wire> wires)
    {
        var row = new int[count];
        var last = new int[count];
        foreach (var w in wires.OrderBy(static w => w.To)) row[w.To] = Math.Max(row[w.To], row[w.From] + 1);
        // What nothing feeds sits just above what it feeds first.
        Array.Fill(last, int.MaxValue);
        var fed = new bool[count];
        foreach (var w in wires)
        {
            fed[w.To] = true;
            last[w.From] = Math.Min(last[w.From], row[w.To] - 1);
        }
        for (var i = 0; i < count; i++)
        {
            if (!fed[i] && last[i] != int.MaxValue) row[i] = last[i];
        }
        return row;
    }

    static void Join(Item above, Item below)
    {
        above.Down.Add(below);
        below.Up.Add(above);
    }

    static double Mean(List<Item> neighbours, double otherwise) => neighbours.Count == 0 ? otherwise : neighbours.Average(static n => n.X);

    /// <summary>Orders a row by the wished places and gives the nearest ones that don't overlap: least squares by pooling neighbours that collide.</summary>
    static void Place(List<Item> row, Func<Item, double> wish, bool sort = true)
    {
        var wished = row.Select(i => (Item: i, X: wish(i))).ToArray();
        if (sort)
        {
            wished = [.. wished.OrderBy(static w => w.X)];
            for (var i = 0; i < wished.Length; i++) row[i] = wished[i].Item;
        }
        var offset = new double[wished.Length];
        for (var i = 1; i < wished.Length; i++) offset[i] = offset[i - 1] + (wished[i - 1].Item.Width + wished[i].Item.Width) / 2 + Gap;
        var pools = new List<(double Sum, int Count)>();
        for (var i = 0; i < wished.Length; i++)
        {
            var pool = (Sum: wished[i].X - offset[i], Count: 1);
            while (pools.Count > 0 && pools[^1].Sum / pools[^1].Count > pool.Sum / pool.Count)
            {
                pool = (pool.Sum + pools[^1].Sum, pool.Count + pools[^1].Count);
                pools.RemoveAt(pools.Count - 1);
            }
            pools.Add(pool);
        }
        var at = 0;
        foreach (var (sum, count) in pools)
        {
            for (var k = 0; k < count; k++, at++) wished[at].Item.X = sum / count + offset[at];
        }
    }
}
