using GatewayMesh.Configuration.Policies.Shedding;

namespace GatewayMesh.Proxy.Shedding;

/// <summary>Share of a limit that each criticality may fill.</summary>
/// <param name="Sheddable">Requests in flight at which sheddable requests are refused.</param>
/// <param name="Default">Requests in flight at which requests of default criticality are refused.</param>
/// <param name="Critical">Requests in flight at which critical requests are refused: the limit itself.</param>
internal sealed record Permits(int Sheddable, int Default, int Critical)
{
    /// <summary>
    /// Returns the permits of a configured limit. Shares are rounded up, so that a small limit still applies in full to most requests.
    /// </summary>
    public static Permits OfNumber(int limit, SheddingModel shedding)
    {
        var defaults = Math.Max(1, Up(limit * shedding.DefaultShare));
        return new Permits(Math.Min(defaults, Up(limit * shedding.SheddableShare)), defaults, limit);
    }

    /// <summary>
    /// Returns the permits of a measured limit. Shares are rounded down, so that under overload, with a small limit, one permit stays
    /// reserved for critical requests.
    /// </summary>
    public static Permits OfMeasured(int limit, SheddingModel shedding)
    {
        var defaults = Math.Max(1, (int)(limit * shedding.DefaultShare));
        return new Permits(Math.Min(defaults, (int)(limit * shedding.SheddableShare)), defaults, limit);
    }

    /// <summary>Returns the bound for <paramref name="criticality"/>.</summary>
    public int For(Criticality criticality) => criticality switch
    {
        Criticality.Sheddable => Sheddable,
        Criticality.Critical => Critical,
        _ => Default,
    };

    // A share such as 0.95 is not a binary fraction: 0.95 × 20 must be 19, not 20.
    private static int Up(double permits) => (int)Math.Ceiling(permits - 1e-9);
}
