namespace Flambeau.Cpu;

/// <summary>
/// Memory that a plan has laid out for the results of the op that runs next: an allocation of exactly the planned size gets it. An op whose result
/// lands elsewhere after all has its result copied by the planner's executor, so this is a matter of speed only.
/// </summary>
internal static class Placement
{
    [ThreadStatic] static Storage?[]? wanted;

    /// <summary>Offers storages to the allocations of this thread, each once; null ends the offer.</summary>
    internal static void Offer(Storage?[]? storages) => wanted = storages;

    /// <summary>The offered storage of this size, if there is one.</summary>
    internal static Storage? Take(long bytes)
    {
        if (wanted is not { } offered) return null;
        for (var i = 0; i < offered.Length; i++)
        {
            if (offered[i] is not { } s || s.Bytes != bytes) continue;
            offered[i] = null;
            return s;
        }
        return null;
    }
}
