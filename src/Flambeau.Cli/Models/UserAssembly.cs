using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Module = Flambeau.Nn.Module;

namespace Flambeau.Cli.Models;

/// <summary>Somebody's assembly, from which modules and static methods are taken. Its code runs, as that of any program does.</summary>
internal sealed class UserAssembly : AssemblyLoadContext
{
    const BindingFlags Anything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static;

    readonly AssemblyDependencyResolver? resolver;
    readonly Assembly assembly;
    readonly string path;

    /// <exception cref="CliError">The file is missing or no assembly.</exception>
    public UserAssembly(string path)
    {
        if (!File.Exists(path)) throw new CliError($"no file {path}", "build the project first; the assembly is in its bin folder");
        this.path = path;
        try
        {
            resolver = new(Path.GetFullPath(path));
            assembly = LoadFromAssemblyPath(Path.GetFullPath(path));
        }
        catch (Exception bad) when (bad is BadImageFormatException or FileLoadException or InvalidOperationException)
        {
            throw new CliError($"{path} is no assembly that can be loaded: {bad.Message}", "name a .dll built for .NET 10", cause: bad);
        }
    }

    // Flambeau itself must be the one that runs, else the modules would be of other types.
    protected override Assembly? Load(AssemblyName name)
    {
        try
        {
            return Default.LoadFromAssemblyName(name);
        }
        catch (Exception missing) when (missing is FileNotFoundException or FileLoadException)
        {
            return resolver?.ResolveAssemblyToPath(name) is { } file ? LoadFromAssemblyPath(file) : null;
        }
    }

    /// <summary>A module, or a static method as a delegate.</summary>
    /// <param name="name">A type's full name, or that of a static method of one.</param>
    /// <exception cref="CliError">There is none, or it can't be made.</exception>
    public object Find(string name)
    {
        if (Type(name) is { } type) return Make(type);
        var dot = name.LastIndexOf('.');
        if (dot > 0 && Type(name[..dot]) is { } owner)
        {
            var methods = owner.GetMethods(Anything).Where(m => m.Name == name[(dot + 1)..]).ToArray();
            if (methods is [var method]) return Delegate(method);
            throw new CliError($"{name[..dot]} has {(methods.Length == 0 ? "no" : "several")} static methods '{name[(dot + 1)..]}'", "name one static method, or a module's type");
        }
        var modules = assembly.GetTypes().Where(static t => t.IsSubclassOf(typeof(Module)) && !t.IsAbstract).Select(static t => t.FullName).ToArray();
        throw new CliError($"{path} has no type {name}", modules.Length > 0 ? $"its modules are {string.Join(", ", modules.Take(8))}" : "it has no modules");
    }

    Type? Type(string name) => assembly.GetType(name) ?? (name.Contains('.') ? null : assembly.GetTypes().FirstOrDefault(t => t.Name == name));

    static Module Make(Type type)
    {
        if (!type.IsSubclassOf(typeof(Module)) || type.IsAbstract) throw new CliError($"{type.FullName} is no module", "name a class that derives from Layer or Module");
        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).FirstOrDefault(static c => c.GetParameters().All(static p => p.HasDefaultValue))
            ?? throw new CliError($"{type.FullName} can't be made without arguments", "give its constructor defaults, or add a static method that runs one");
        return (Module)Unwrap(() => constructor.Invoke([.. constructor.GetParameters().Select(static p => p.DefaultValue)]));
    }

    static Delegate Delegate(MethodInfo method)
    {
        RuntimeHelpers.RunModuleConstructor(method.Module.ModuleHandle); // scripts are registered there
        var types = method.GetParameters().Select(static p => p.ParameterType).Append(method.ReturnType).ToArray();
        return method.CreateDelegate(System.Linq.Expressions.Expression.GetDelegateType(types));
    }

    /// <summary>Runs something by reflection; what it throws is what the user's code threw.</summary>
    public static object Unwrap(Func<object?> run)
    {
        try
        {
            return run()!;
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            throw new CliError($"the program threw {inner.GetType().Name}: {inner.Message}", "it is the assembly's own code that failed", cause: inner);
        }
    }
}
