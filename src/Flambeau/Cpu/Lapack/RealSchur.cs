namespace Flambeau.Cpu.Lapack;

/// <summary>The implicit double-shift QR iteration on a real Hessenberg matrix (Golub and Van Loan, Matrix Computations, §7.5).</summary>
internal readonly ref struct RealSchur(Span<double> h, int n, Span<double> zt)
{
    readonly Span<double> h = h, zt = zt;
    readonly int n = n;

    ref double H(int i, int j) => ref h[i * n + j];

    public int Run()
    {
        double norm = Vec.Norm<double>(h);
        int hi = n - 1, round = 0, budget = 30 * Math.Max(10, n);
        while (hi >= 0)
        {
            int lo = Split(hi, norm);
            if (lo == hi) { hi--; round = 0; continue; }
            if (lo == hi - 1) { Standardize(lo); hi -= 2; round = 0; continue; }
            if (budget-- == 0) return hi + 1;
            Sweep(lo, hi, round++);
        }
        return 0;
    }

    int Split(int hi, double norm)
    {
        int l = hi;
        for (; l > 0; l--)
        {
            double size = Math.Abs(H(l - 1, l - 1)) + Math.Abs(H(l, l));
            if (size == 0) size = norm;
            if (Math.Abs(H(l, l - 1)) > Field.Eps * size) continue;
            H(l, l - 1) = 0;
            break;
        }
        return l;
    }

    void Sweep(int lo, int hi, int round)
    {
        double x = H(hi, hi), y = H(hi - 1, hi - 1), w = H(hi, hi - 1) * H(hi - 1, hi);
        if (round % 10 == 9)
        {
            // The usual shifts can cycle; any other pair breaks the pattern.
            double s = Math.Abs(H(hi, hi - 1)) + Math.Abs(H(hi - 1, hi - 2));
            x = y = x + 0.75 * s;
            w = -0.4375 * s * s;
        }
        else
        {
            // Of two real shifts the one nearer the corner is used twice (Watkins and Elsner 1991), which deflates one eigenvalue at a time.
            double half = 0.5 * (y - x), root = half * half + w;
            if (root >= 0)
            {
                double far = half + Math.CopySign(Math.Sqrt(root), half);
                x = y = far == 0 ? x : x - w / far;
                w = 0;
            }
        }
        int start = Start(lo, hi, x, y, w, out double p, out double q, out double r);
        for (int k = start; k < hi; k++)
        {
            bool three = k + 2 <= hi;
            if (k > start) (p, q, r) = (H(k, k - 1), H(k + 1, k - 1), three ? H(k + 2, k - 1) : 0);
            double size = Math.Abs(p) + Math.Abs(q) + Math.Abs(r);
            if (size == 0) continue;
            (p, q, r) = (p / size, q / size, r / size);
            double beta = -Math.CopySign(Math.Sqrt(p * p + q * q + r * r), p);
            double tau = (beta - p) / beta, v = q / (p - beta), u = r / (p - beta);
            if (k > start)
            {
                H(k, k - 1) = beta * size;
                H(k + 1, k - 1) = 0;
                if (three) H(k + 2, k - 1) = 0;
            }
            else if (k > lo) H(k, k - 1) *= 1 - tau;
            Reflect(k, Math.Min(hi, k + 3), three, tau, v, u);
        }
    }

    /// <summary>The row where the bulge may start because two subdiagonals in a row are small, and the first column of the double-shift polynomial there.</summary>
    int Start(int lo, int hi, double x, double y, double w, out double p, out double q, out double r)
    {
        for (int m = hi - 2; ; m--)
        {
            double z = H(m, m), dx = x - z, dy = y - z;
            p = (dx * dy - w) / H(m + 1, m) + H(m, m + 1);
            q = H(m + 1, m + 1) - z - dx - dy;
            r = H(m + 2, m + 1);
            double size = Math.Abs(p) + Math.Abs(q) + Math.Abs(r);
            if (size != 0) (p, q, r) = (p / size, q / size, r / size);
            if (m == lo) return m;
            double near = Math.Abs(H(m, m - 1)) * (Math.Abs(q) + Math.Abs(r));
            if (near <= Field.Eps * Math.Abs(p) * (Math.Abs(H(m - 1, m - 1)) + Math.Abs(z) + Math.Abs(H(m + 1, m + 1)))) return m;
        }
    }

    void Reflect(int k, int lastRow, bool three, double tau, double v, double u)
    {
        Rows(h, k, k, three, tau, v, u);
        for (int i = 0; i <= lastRow; i++)
        {
            var row = h.Slice(i * n + k, three ? 3 : 2);
            double sum = row[0] + v * row[1];
            if (three) sum += u * row[2];
            sum *= tau;
            row[0] -= sum;
            row[1] -= sum * v;
            if (three) row[2] -= sum * u;
        }
        if (!zt.IsEmpty) Rows(zt, k, 0, three, tau, v, u);
    }

    void Rows(Span<double> a, int k, int from, bool three, double tau, double v, double u)
    {
        int width = n - from;
        Span<double> x = a.Slice(k * n + from, width), y = a.Slice((k + 1) * n + from, width);
        if (!three)
        {
            for (int j = 0; j < x.Length; j++)
            {
                double sum = tau * (x[j] + v * y[j]);
                x[j] -= sum;
                y[j] -= sum * v;
            }
            return;
        }
        var z = a.Slice((k + 2) * n + from, width);
        for (int j = 0; j < x.Length; j++)
        {
            double sum = tau * (x[j] + v * y[j] + u * z[j]);
            x[j] -= sum;
            y[j] -= sum * v;
            z[j] -= sum * u;
        }
    }

    /// <summary>Makes a 2×2 diagonal block with real eigenvalues upper triangular; one with a complex pair is left as it is.</summary>
    void Standardize(int k)
    {
        double a = H(k, k), b = H(k, k + 1), c = H(k + 1, k), d = H(k + 1, k + 1);
        double p = 0.5 * (a - d), scale = Math.Max(Math.Abs(p), Math.Max(Math.Abs(b), Math.Abs(c)));
        double root = scale == 0 ? 0 : p / scale * p + b / scale * c;
        if (root < 0) return;
        // (λ − d, c) is an eigenvector; the root is added with p's sign, so nothing cancels.
        double z = p + Math.CopySign(Math.Sqrt(scale) * Math.Sqrt(root), p), r = Field.Hypot(z, c);
        double cos = z / r, sin = c / r;
        Vec.Rotate(h.Slice(k * n + k, n - k), h.Slice((k + 1) * n + k, n - k), cos, sin);
        for (int i = 0; i <= k + 1; i++)
        {
            ref double x = ref H(i, k), y = ref H(i, k + 1);
            (x, y) = (cos * x + sin * y, cos * y - sin * x);
        }
        if (!zt.IsEmpty) Vec.Rotate(zt.Slice(k * n, n), zt.Slice((k + 1) * n, n), cos, sin);
        H(k + 1, k) = 0;
    }
}
