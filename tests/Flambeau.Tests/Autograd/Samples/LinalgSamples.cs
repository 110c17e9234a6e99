namespace Flambeau.Tests.Autograd.Samples;

internal sealed class LinalgSamples : IOpSamples
{
    static Tensor H(Tensor x)
    {
        var axes = Enumerable.Range(0, x.Rank).Select(static d => (long)d).ToArray();
        (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
        return x.Conj().Permute(axes);
    }

    static Tensor Sym(Tensor x) => x + H(x);

    static Tensor[] Symmetric(Tensor[] xs) => [Sym(xs[0]), .. xs[1..]];

    static Tensor[] Definite(Tensor[] xs) => [xs[0].MatMul(H(xs[0])) + Tensor.Eye(xs[0].Size(-1), dtype: DType.Float64), .. xs[1..]];

    static Tensor Square(Tensor v) => v * v.Conj();

    /// <summary>Well away from singular and from equal singular values.</summary>
    static Tensor Regular(Shape shape, int seed = 1) => Draw.Real(shape, -1, 1.2, seed) + Tensor.Eye(shape[^2], shape[^1], DType.Float64) * 2;

    static Tensor RegularComplex(Shape shape, int seed = 1) => Draw.Complex(shape, seed) + Tensor.Eye(shape[^2], shape[^1], DType.Float64) * 2;

    static readonly Tensor lu3 = Linalg.LuFactorEx(Draw.Real([3, 3], -1, 1, 5)).LU;
    static readonly Tensor luComplex = Linalg.LuFactorEx(Draw.Complex([3, 3], 5)).LU;
    static readonly Tensor pivots3 = Linalg.LuFactorEx(Draw.Real([3, 3], -1, 1, 5)).Pivots;

    static readonly (Tensor A, Tensor Tau) reflectors = Draw.Real([4, 3], -1, 1, 4).Geqrf();
    static readonly (Tensor A, Tensor Tau) complexReflectors = Draw.Complex([4, 3], 4).Geqrf();

    public IEnumerable<OpSample> Samples => [.. Solving(), .. Factoring(), .. Spectral()];

    static IEnumerable<OpSample> Solving()
    {
        yield return new("linalg.solve_triangular", Regular([2, 3, 3]), Draw.Real([3, 2], seed: 2)) { Named = new() { ["upper"] = true } };
        yield return new("linalg.solve_triangular", RegularComplex([3, 3]), Draw.Complex([2, 3], 2)) { Named = new() { ["upper"] = false, ["left"] = false } };
        yield return new("linalg.solve_triangular", Regular([3, 3]), Draw.Real([3, 2], seed: 2)) { Named = new() { ["upper"] = false, ["unitriangular"] = true } };
        yield return new("linalg.solve_ex", Regular([2, 3, 3]), Draw.Real([3, 2], seed: 2));
        yield return new("linalg.solve_ex", RegularComplex([3, 3]), Draw.Complex([2, 3], 2)) { Named = new() { ["left"] = false } };
        yield return new("linalg.solve_ex", Regular([2, 3, 3]), Draw.Real([2, 3], seed: 2));
        yield return new("linalg.inv_ex", RegularComplex([2, 3, 3]));
        yield return new("linalg.det", Regular([2, 3, 3]));
        yield return new("linalg.det", RegularComplex([3, 3]));
        yield return new("det", Regular([2, 2]));
        yield return new("linalg.slogdet", Regular([2, 3, 3]));
        yield return new("linalg.slogdet", RegularComplex([3, 3]));
        yield return new("slogdet", Regular([2, 2]));
        yield return new("linalg.lu_solve", lu3, pivots3, Draw.Real([2, 3, 2], seed: 2));
        yield return new("linalg.lu_solve", luComplex, pivots3, Draw.Complex([3, 2], 2)) { Named = new() { ["adjoint"] = true } };
        yield return new("linalg.lu_solve", luComplex, pivots3, Draw.Complex([2, 3], 2)) { Named = new() { ["left"] = false } };
        yield return new("linalg.lu_solve", luComplex, pivots3, Draw.Complex([2, 3], 2)) { Named = new() { ["left"] = false, ["adjoint"] = true } };
        yield return new("linalg.lstsq", Draw.Real([4, 2], -1, 1), Draw.Real([4, 3], seed: 2)) { Named = new() { ["driver"] = "gelsd" }, After = static y => y[..2] };
        yield return new("linalg.lstsq", Draw.Real([2, 3], -1, 1), Draw.Real([2], seed: 2)) { After = static y => y[..1] };
        yield return new("linalg.lstsq", Draw.Complex([3, 2]), Draw.Complex([3, 2], 2)) { Named = new() { ["driver"] = "gels" }, After = static y => y[..2] };
    }

    static IEnumerable<OpSample> Factoring()
    {
        yield return new("linalg.cholesky_ex", Draw.Real([2, 3, 3], -1, 1)) { Before = Definite };
        yield return new("linalg.cholesky_ex", Draw.Complex([3, 3])) { Before = Definite, Named = new() { ["upper"] = true } };
        // The gradient of the factor counts it as a full matrix, so the other triangle must not be varied.
        yield return new("cholesky_inverse", Regular([3, 3])) { Before = static x => [x[0].Tril()] };
        yield return new("cholesky_inverse", RegularComplex([3, 3]), true) { Before = static x => [x[0].Triu()] };
        yield return new("cholesky_solve", Draw.Real([3, 2]), Regular([2, 3, 3], 2)) { Before = static x => [x[0], x[1].Tril()] };
        yield return new("cholesky_solve", Draw.Complex([3, 2]), RegularComplex([3, 3], 2), true) { Before = static x => [x[0], x[1].Triu()] };
        yield return new("linalg.lu_factor_ex", Draw.Real([2, 3, 3], -1, 1));
        yield return new("linalg.lu_factor_ex", Draw.Complex([2, 4]));
        yield return new("linalg.lu_factor_ex", Draw.Complex([4, 2]));
        yield return new("linalg.qr", Draw.Real([2, 4, 3], -1, 1));
        yield return new("linalg.qr", Draw.Complex([3, 3]));
        yield return new("linalg.qr", Draw.Complex([2, 4]), "complete");
        yield return new("linalg.householder_product", reflectors.A, reflectors.Tau);
        yield return new("linalg.householder_product", complexReflectors.A, complexReflectors.Tau.Slice(-1, 0, 2));
        yield return new("orgqr", reflectors.A, reflectors.Tau);
        yield return new("ormqr", reflectors.A, reflectors.Tau, Draw.Real([4, 2]));
        yield return new("ormqr", complexReflectors.A, complexReflectors.Tau, Draw.Complex([4, 2]), true, true);
        yield return new("ormqr", complexReflectors.A, complexReflectors.Tau, Draw.Complex([2, 4]), false, false);
        yield return new("ormqr", complexReflectors.A, complexReflectors.Tau, Draw.Complex([2, 4]), false, true);
    }

    static IEnumerable<OpSample> Spectral()
    {
        yield return new("linalg.eigh", Draw.Real([2, 3, 3], -1, 1)) { Before = Symmetric };
        yield return new("linalg.eigh", Draw.Complex([3, 3]), "U") { Before = Symmetric, After = static y => [y[0], Square(y[1])] };
        yield return new("linalg.eigvalsh", Draw.Complex([3, 3])) { Before = Symmetric };
        yield return new("linalg.eig", Draw.Real([3, 3], -1, 1, 3)) { After = static y => [y[0], Square(y[1])] };
        yield return new("linalg.eig", Draw.Complex([3, 3])) { After = static y => [y[0], Square(y[1])] };
        yield return new("linalg.eigvals", Draw.Real([2, 3, 3], -1, 1, 3));
        yield return new("linalg.svd", Draw.Real([3, 3], -1, 1), false);
        yield return new("linalg.svd", Draw.Real([4, 2], -1, 1), false);
        yield return new("linalg.svd", Draw.Real([2, 4], -1, 1), false);
        yield return new("linalg.svd", Draw.Complex([3, 2]), false) { After = static y => [y[1], y[0].MatMul(y[2]), Square(y[0]), Square(y[2])] };
        yield return new("linalg.svdvals", Draw.Complex([2, 3, 2]));
        yield return new("linalg.pinv", Draw.Real([2, 4, 2], -1, 1));
        yield return new("linalg.pinv", Draw.Complex([2, 3]));
        yield return new("linalg.pinv", Draw.Real([3, 3], -1, 1)) { Before = Symmetric, Named = new() { ["hermitian"] = true } };
        yield return new("linalg.matrix_exp", Draw.Real([2, 2, 2], -1, 1));
        yield return new("linalg.matrix_exp", Draw.Complex([2, 2]));
        yield return new("matrix_exp", Draw.Real([2, 2], -1, 1));
    }
}
