using System.CommandLine;

namespace Flambeau.Cli.Commands;

/// <summary>Checks at parse time, so that a wrong value is an error of usage.</summary>
internal static class Validation
{
    /// <summary>Refuses values that are misspelt options; a list of files would swallow them.</summary>
    public static Argument<string[]> NoOptions(this Argument<string[]> argument)
    {
        argument.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (token.Value.StartsWith('-') && !File.Exists(token.Value)) result.AddError($"'{token.Value}' is no option here.");
        });
        return argument;
    }

    /// <summary>Refuses values that fail a test.</summary>
    /// <param name="option">The option.</param>
    /// <param name="valid">The test.</param>
    /// <param name="expected">What the value must be, in words.</param>
    public static Option<T> Must<T>(this Option<T> option, Predicate<T> valid, string expected)
    {
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.Tokens.Count == 0) return;
            if (result.GetValueOrDefault<T>() is { } value && !valid(value)) result.AddError($"{option.Name} must be {expected}, not {result.Tokens[0].Value}.");
        });
        return option;
    }
}
