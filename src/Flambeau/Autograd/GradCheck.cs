using System.Globalization;
using System.Numerics;

namespace Flambeau.Autograd;

/// <summary>Compares recorded gradients with central finite differences, element by element. Meant for float64 inputs of few elements.</summary>
public static class GradCheck
{
    /// <summary>Checks the first derivative of a function of tensors.</summary>
    /// <param name="f">A deterministic function; outputs that aren't floating-point are ignored.</param>
    /// <param name="inputs">Those that require a gradient are varied; float64 or complex128.</param>
    /// <param name="eps">Step of the differences.</param>
    /// <param name="atol">Absolute tolerance.</param>
    /// <param name="rtol">Relative tolerance.</param>
    /// <returns>Null if all agree, else a text that names the first difference.</returns>
    public static string? Check(Func<Tensor[], Tensor[]> f, Tensor[] inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3)
    {
        var outputs = f(inputs);
        for (var o = 0; o < outputs.Length; o++)
        {
            if (!outputs[o].DType.IsDifferentiable()) continue;
            foreach (var unit in Directions(outputs[o]))
            {
                var problem = CheckDirection(f, inputs, outputs[o], o, unit, eps, atol, rtol);
                if (problem is not null) return problem;
            }
        }
        return null;
    }

    /// <summary>Checks the second derivative: <see cref="Check"/> applied to the gradient as a function of inputs and output gradients.</summary>
    public static string? CheckSecond(Func<Tensor[], Tensor[]> f, Tensor[] inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3)
    {
        var first = f(inputs).Where(static y => y.RequiresGrad).ToArray();
        if (first.Length == 0) return null;
        var generator = new Generator(11);
        var seeds = first.Select(y => Random(y, generator).WithGrad()).ToArray();
        var wanted = inputs.Where(static x => x.RequiresGrad).ToArray();
        Tensor[] Gradients(Tensor[] all)
        {
            var xs = all[..inputs.Length];
            var ys = f(xs).Where(static y => y.RequiresGrad).ToArray();
            var varied = xs.Where(static x => x.RequiresGrad).ToArray();
            var g = Grad.Of(ys, varied, all[inputs.Length..], createGraph: true, allowUnused: true);
            return [.. g.Select((t, i) => t ?? Tensor.Zeros(varied[i].Shape, varied[i].DType)).Where(static t => t.RequiresGrad)];
        }
        return Check(Gradients, [.. inputs, .. seeds], eps, atol, rtol);
    }

    /// <summary>A few random directions in place of all unit ones: a wrong entry shows in any of them.</summary>
    static IEnumerable<Tensor> Directions(Tensor y)
    {
        var generator = new Generator(7);
        yield return Random(y, generator);
        yield return Random(y, generator);
    }

    static Tensor Random(Tensor like, Generator generator)
    {
        var part = like.DType switch { DType.Complex64 => DType.Float32, DType.Complex128 => DType.Float64, var real => real };
        Tensor Draw() => Tensor.Rand(like.Shape, generator, part) + 0.5;
        return like.DType.IsComplex() ? Tensor.Complex(Draw(), Draw()) : Draw();
    }

    static string? CheckDirection(Func<Tensor[], Tensor[]> f, Tensor[] inputs, Tensor y, int output, Tensor unit, double eps, double atol, double rtol)
    {
        var wanted = inputs.Where(static x => x.RequiresGrad).ToArray();
        Tensor?[] analytic = y.RequiresGrad ? Grad.Of([y], wanted, [unit], retainGraph: true, allowUnused: true) : new Tensor?[wanted.Length];
        var k = 0;
        for (var i = 0; i < inputs.Length; i++)
        {
            if (!inputs[i].RequiresGrad) continue;
            var g = analytic[k++];
            var expected = Numeric(f, inputs, i, output, unit, eps);
            var actual = g is null ? new Complex[expected.Length] : g.ToArray<Complex>();
            for (var j = 0; j < expected.Length; j++)
            {
                if ((actual[j] - expected[j]).Magnitude <= atol + rtol * expected[j].Magnitude) continue;
                if (double.IsNaN(expected[j].Real) && double.IsNaN(actual[j].Real)) continue;
                return string.Create(CultureInfo.InvariantCulture, $"gradient of output {output} with respect to element {j} of input {i} (shape {inputs[i].Shape}): recorded {actual[j]}, finite difference {expected[j]}");
            }
        }
        return null;
    }

    static Complex[] Numeric(Func<Tensor[], Tensor[]> f, Tensor[] inputs, int input, int output, Tensor unit, double eps)
    {
        var x = inputs[input];
        var flat = x.ToArray<Complex>();
        var r = new Complex[flat.Length];
        for (var j = 0; j < flat.Length; j++)
        {
            var re = (At(flat, j, eps) - At(flat, j, -eps)) / (2 * eps);
            var im = x.DType.IsComplex() ? (At(flat, j, new Complex(0, eps)) - At(flat, j, new Complex(0, -eps))) / (2 * eps) : 0;
            r[j] = new(re, im);
        }
        return r;

        double At(Complex[] values, int j, Complex step)
        {
            var moved = (Complex[])values.Clone();
            moved[j] += step;
            var all = inputs.Select(static t => t.Detach().WithGrad(t.RequiresGrad)).ToArray();
            all[input] = Tensor.From(moved, x.Shape).Real0(x.DType).WithGrad();
            var y = f(all)[output].Detach();
            double sum = 0;
            var a = y.ToArray<Complex>();
            var u = unit.ToArray<Complex>();
            for (var i = 0; i < a.Length; i++) sum += (Complex.Conjugate(u[i]) * a[i]).Real;
            return sum;
        }
    }

    static Tensor Real0(this Tensor z, DType dtype) => dtype.IsComplex() ? z.To(dtype) : z.Real().To(dtype, copy: true);
}
