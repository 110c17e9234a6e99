namespace Flambeau.Cpu;

/// <summary>Where this thread's allocations go when not simply to new host memory.</summary>
internal sealed class Placement
{
    [ThreadStatic] static Placement? current;
    [ThreadStatic] static Placement? mine;

    Storage?[]? wanted;

    /// <summary>The thread's placement; null for new host memory, the common case.</summary>
    internal static Placement? Current => current;

    /// <summary>The device on which tensors are made; null for the host.</summary>
    internal DeviceBackend? Device { get; private set; }

    /// <summary>
    /// Memory that a plan has laid out for the results of the op that runs next: an allocation of exactly the planned size gets it, each once. An op whose
    /// result lands elsewhere after all has its result copied by the planner's executor, so this is a matter of speed only. Null ends the offer.
    /// </summary>
    internal static void Offer(Storage?[]? storages)
    {
        var placement = mine ??= new();
        placement.wanted = storages;
        placement.Settle();
    }

    /// <summary>Tensors of this thread are made on a device (null for the host) until the result is disposed.</summary>
    internal static Scope On(DeviceBackend? device)
    {
        var placement = mine ??= new();
        var scope = new Scope(placement, placement.Device);
        placement.Device = device;
        placement.Settle();
        return scope;
    }

    void Settle() => current = wanted is null && Device is null ? null : this;

    /// <summary>The offered storage of this size on a device (null for the host), if there is one.</summary>
    internal Storage? Take(long bytes, DeviceBackend? device)
    {
        if (wanted is not { } offered) return null;
        for (var i = 0; i < offered.Length; i++)
        {
            if (offered[i] is not { } s || s.Bytes != bytes || s.Backend != device) continue;
            offered[i] = null;
            return s;
        }
        return null;
    }

    /// <summary>Restores where tensors were made before.</summary>
    internal readonly struct Scope(Placement? placement, DeviceBackend? before) : IDisposable
    {
        public void Dispose()
        {
            if (placement is null) return;
            placement.Device = before;
            placement.Settle();
        }
    }
}
