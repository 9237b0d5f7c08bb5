using GatewayMesh.Configuration.Policies.Shedding;

namespace GatewayMesh.Proxy.Shedding;

/// <summary>How far each criticality may fill a limit.</summary>
/// <param name="Sheddable">Requests in flight at which a sheddable one is refused.</param>
/// <param name="Default">The same of one that says nothing.</param>
/// <param name="Critical">The same of a critical one: the limit itself.</param>
internal sealed record Permits(int Sheddable, int Default, int Critical)
{
    /// <summary>Of a limit that somebody wrote: the shares are rounded up, so that a small number means for most requests what it says.</summary>
    public static Permits OfNumber(int limit, SheddingModel shedding)
    {
        var defaults = Math.Max(1, Up(limit * shedding.DefaultShare));
        return new Permits(Math.Min(defaults, Up(limit * shedding.SheddableShare)), defaults, limit);
    }

    /// <summary>Of a limit that was measured: the shares are rounded down, so that under overload, when the limit is small, one place is kept for what is critical.</summary>
    public static Permits OfMeasured(int limit, SheddingModel shedding)
    {
        var defaults = Math.Max(1, (int)(limit * shedding.DefaultShare));
        return new Permits(Math.Min(defaults, (int)(limit * shedding.SheddableShare)), defaults, limit);
    }

    /// <summary>The bound of <paramref name="criticality"/>.</summary>
    public int For(Criticality criticality) => criticality switch
    {
        Criticality.Sheddable => Sheddable,
        Criticality.Critical => Critical,
        _ => Default,
    };

    // A share such as 0.95 is no binary fraction: 0.95 × 20 must be 19 and not 20.
    private static int Up(double permits) => (int)Math.Ceiling(permits - 1e-9);
}
