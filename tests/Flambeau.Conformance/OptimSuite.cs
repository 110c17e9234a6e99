using System.Reflection;
using System.Text.Json;
using Flambeau.Optim;

namespace Flambeau.Conformance;

/// <summary>Optimizers on a least-squares problem for ten steps; learning rates of schedulers for twenty.</summary>
internal static class OptimSuite
{
    internal static void Run(string directory, Report report)
    {
        var data = DataFile.Load(directory, "optim");
        var k = 0;
        foreach (var c in data.Json.RootElement.GetProperty("optimizers").EnumerateArray())
        {
            var name = $"{c.GetProperty("optimizer").GetString()}#{k++}";
            if (report.Wants(name)) report.Try(name, "steps", () => Optimize(c, data.Tensors));
        }
        k = 0;
        foreach (var c in data.Json.RootElement.GetProperty("schedulers").EnumerateArray())
        {
            var name = $"{c.GetProperty("scheduler").GetString()}#{k++}";
            if (report.Wants(name)) report.Try(name, "rates", () => Schedule(c));
        }
    }

    static string? Optimize(JsonElement c, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var reader = new SampleReader(tensors);
        Tensor Read(string name) => reader.Tensor(c.GetProperty(name));
        Tensor x = Read("x"), y = Read("y"), w = Read("w0").WithGrad(), b = Read("b0");
        var trainsBias = c.GetProperty("trains_bias").GetBoolean();
        Tensor[] parameters = trainsBias ? [w, b.WithGrad()] : [w];
        var optimizer = (Optimizer)Construct(c.GetProperty("optimizer").GetString()!, parameters.AsEnumerable(), c.GetProperty("options"));
        Tensor Closure()
        {
            optimizer.ZeroGrad();
            var e = x.Mm(w.Permute([1, 0])) + b - y;
            var loss = (e * e).Sum() / e.Numel;
            loss.Backward();
            return loss;
        }
        // Near the minimum a line search compares losses that differ by float32 rounding only, which fixes the position to about sqrt(1e-7) of its scale.
        var atol = c.GetProperty("options").TryGetProperty("line_search_fn", out _) ? 1e-4 : Compare.Atol;
        var step = 0;
        foreach (var s in c.GetProperty("steps").EnumerateArray())
        {
            step++;
            var loss = optimizer.Step(Closure).Item<double>();
            var expected = s.GetProperty("loss").GetDouble();
            if (Math.Abs(loss - expected) > 1e-5 + 1.3e-5 * Math.Abs(expected)) return $"step {step}: loss {loss}, expected {expected}";
            if (Compare.Tensors($"w after step {step}", w, reader.Tensor(s.GetProperty("w")), atol: atol) is { } wrong) return wrong;
            if (trainsBias && Compare.Tensors($"b after step {step}", b, reader.Tensor(s.GetProperty("b")), atol: atol) is { } wrongBias) return wrongBias;
        }
        return null;
    }

    static string? Schedule(JsonElement c)
    {
        var optimizer = new SGD([Tensor.Zeros([1]).WithGrad()], lr: c.GetProperty("base_lr").GetDouble());
        var scheduler = (LRScheduler)Construct(c.GetProperty("scheduler").GetString()!, optimizer, c.GetProperty("options"));
        var epoch = 0;
        foreach (var lr in c.GetProperty("lr").EnumerateArray())
        {
            var actual = scheduler.GetLastLr()[0];
            if (Math.Abs(actual - lr.GetDouble()) > 1e-12 + 1e-9 * lr.GetDouble()) return $"epoch {epoch}: {actual}, expected {lr.GetDouble()}";
            epoch++;
            scheduler.Step();
        }
        return null;
    }

    /// <summary>Calls the constructor of the type in Flambeau.Optim with options by PyTorch's names; pairs such as <c>betas</c> spread over <c>beta1</c>, <c>beta2</c>.</summary>
    static object Construct(string typeName, object first, JsonElement options)
    {
        var type = typeof(Optimizer).Assembly.GetType("Flambeau.Optim." + typeName) ?? throw new InvalidOperationException($"there is no {typeName}");
        var given = new Dictionary<string, JsonElement>();
        foreach (var o in options.EnumerateObject())
        {
            if (o.Value.ValueKind == JsonValueKind.Array && o.Name.TrimEnd('s') is "beta" or "eta" or "step_size")
            {
                var i = 1;
                foreach (var v in o.Value.EnumerateArray()) given[Plain(o.Name.TrimEnd('s')) + i++] = v;
            }
            else given[Plain(o.Name)] = o.Value;
        }
        var constructor = type.GetConstructors().Single();
        var args = constructor.GetParameters().Select((p, i) =>
        {
            if (i == 0) return first;
            if (!given.Remove(Plain(p.Name!), out var v)) return p.HasDefaultValue ? p.DefaultValue : throw new InvalidOperationException($"{typeName} needs {p.Name}");
            return v.Deserialize(p.ParameterType);
        }).ToArray();
        if (given.Count > 0) throw new InvalidOperationException($"{typeName} has no option {string.Join(", ", given.Keys)}");
        return constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, args, null);
    }

    static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
}
