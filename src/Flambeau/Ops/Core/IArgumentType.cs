namespace Flambeau.Ops;

/// <summary>An argument whose type is known before its value is, as in a graph.</summary>
internal interface IArgumentType
{
    /// <summary>Whether it can be given for an argument of this kind.</summary>
    bool Fits(string element, bool list, bool optional);

    /// <summary>Whether it can be converted to it.</summary>
    bool Converts(string element);
}
