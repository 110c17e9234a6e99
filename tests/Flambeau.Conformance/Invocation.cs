using System.Reflection;
using System.Runtime.CompilerServices;
using Flambeau.Nn;
using Flambeau.Ops;

using Module = Flambeau.Nn.Module;

namespace Flambeau.Conformance;

/// <summary>Calls constructors and Forward methods with Python's positional and named arguments.</summary>
internal static class Invocation
{
    /// <summary>Options that say nothing in C#: where to put parameters, and reductions under their names of 2018.</summary>
    static readonly HashSet<string> ignored = ["DEVICE", "SIZEAVERAGE", "REDUCE", "SPARSE", "ENABLENESTEDTENSOR"];

    internal static object Construct(Type type, List<object?> args, Dictionary<string, object?> named)
    {
        var constructor = type.GetConstructors().OrderByDescending(static c => c.GetParameters().Length).First();
        return constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, Bind(type.Name, constructor.GetParameters(), args, named), null);
    }

    internal static object? Forward(Module module, List<object?> args, Dictionary<string, object?> named)
    {
        var wanted = module is IHasIndices { ReturnIndices: true } ? nameof(IHasIndices.ForwardWithIndices) : nameof(Layer.Forward);
        Exception? problem = null;
        foreach (var method in module.GetType().GetMethods().Where(m => m.Name == wanted).OrderByDescending(static m => m.GetParameters().Length))
        {
            object?[] bound;
            try
            {
                bound = Bind($"{module.GetType().Name}.{wanted}", method.GetParameters(), args, named);
            }
            catch (ArgumentException e)
            {
                problem = e;
                continue;
            }
            return method.Invoke(module, BindingFlags.DoNotWrapExceptions, null, bound, null);
        }
        throw problem ?? new MissingMethodException(module.GetType().Name, wanted);
    }

    static object?[] Bind(string owner, ParameterInfo[] parameters, List<object?> args, Dictionary<string, object?> named)
    {
        if (args.Count > parameters.Length) throw new ArgumentException($"{owner} takes {parameters.Length} arguments, {args.Count} were given");
        var given = named.Where(n => !ignored.Contains(Plain(n.Key)) || parameters.Any(p => Plain(p.Name!) == Plain(n.Key))).ToDictionary(static n => Plain(n.Key), static n => n.Value);
        var bound = new object?[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            var p = parameters[i];
            if (i < args.Count) bound[i] = Convert(args[i], p);
            else if (given.Remove(Plain(p.Name!), out var v)) bound[i] = Convert(v, p);
            else bound[i] = p.HasDefaultValue ? p.DefaultValue : throw new ArgumentException($"{owner} needs {p.Name}");
        }
        return given.Count == 0 ? bound : throw new ArgumentException($"{owner} has no argument {string.Join(", ", given.Keys)}");
    }

    static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();

    static object? Convert(object? value, ParameterInfo parameter)
    {
        // None for an option that has a default in C# but not null.
        if (value is null) return parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null && parameter.HasDefaultValue ? parameter.DefaultValue : null;
        return Convert(value, Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType)
            ?? throw new ArgumentException($"{value} ({value.GetType().Name}) can't become {parameter.ParameterType} {parameter.Name}");
    }

    static object? Convert(object value, Type type)
    {
        if (type.IsInstanceOfType(value)) return value;
        if (value is long or double or bool && type.IsPrimitive) return System.Convert.ChangeType(value, type, System.Globalization.CultureInfo.InvariantCulture);
        if (type == typeof(Func<Tensor, Tensor>) && value is string name) return (Func<Tensor, Tensor>)(x => (Tensor)Registry.Call(name, x));
        if (type == typeof(double[])) return value switch { object?[] list => list.Select(static v => System.Convert.ToDouble(v, System.Globalization.CultureInfo.InvariantCulture)).ToArray(), _ => new[] { System.Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture) } };
        if (value is object?[] items)
        {
            if (typeof(ITuple).IsAssignableFrom(type))
                return Activator.CreateInstance(type, [.. items.Zip(type.GenericTypeArguments, static (v, t) => v is null ? null : Convert(v, t))]);
            value = items.Any(static v => v is null) ? items.Select(static v => (long?)v).ToArray() : items.Select(static v => (long)v!).ToArray();
            if (type.IsInstanceOfType(value)) return value;
        }
        if (value is Tensor t && type == typeof(long[])) return t.ToArray<long>();
        var cast = type.GetMethods(BindingFlags.Public | BindingFlags.Static).FirstOrDefault(m => m.Name == "op_Implicit" && m.ReturnType == type && m.GetParameters()[0].ParameterType == value.GetType());
        return cast?.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [value], null);
    }
}
