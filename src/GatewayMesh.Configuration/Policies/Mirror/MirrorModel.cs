using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Policies.Mirror;

/// <summary>
/// Mirroring: a share of the requests is also sent to another service or subset, whose responses are dropped. The original request never
/// waits for its copy.
/// </summary>
public sealed record MirrorModel
{
    /// <summary>The defaults.</summary>
    public static MirrorModel Default { get; } = new();

    /// <summary>Service that gets the copies; null for none. Default: null.</summary>
    public string? Service { get; init; }

    /// <summary>Subset of the service; null for all of its instances. Default: null.</summary>
    public string? Subset { get; init; }

    /// <summary>Share of the requests that are copied, 0 to 1. Default: 1.</summary>
    public double Share { get; init; } = 1;

    /// <summary>
    /// Largest body of a copied request, in bytes, at most 16 MiB. Requests with a larger body have no copy. Default: 64 KiB.
    /// </summary>
    public long MaxBodySize { get; init; } = 64 * 1024;

    /// <summary>
    /// Copies in flight at the same time, for each called service of a process. Further requests have no copy. Default: 100.
    /// </summary>
    public int MaxConcurrent { get; init; } = 100;

    /// <summary>Text behind the host name of a copy, such as <c>-shadow</c>; null for none. Default: null.</summary>
    public string? HostSuffix { get; init; }

    /// <summary>
    /// True if the service's instances get the copies, whatever its routes are. Only a route's own mirror sets it. Default: false.
    /// </summary>
    [JsonIgnore]
    public bool IsDirect { get; init; }

    /// <summary>True if requests are copied.</summary>
    [JsonIgnore]
    public bool IsOn => Service is not null && Share > 0;

    /// <summary>Returns this model with the mirror of a route's rule, whose service gets the copies in place of the policy's.</summary>
    public MirrorModel With(RouteAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return action.Mirror is { } mirror
            ? this with { Service = mirror.Service, Subset = null, Share = mirror.Share, IsDirect = true }
            : this;
    }

    internal MirrorModel Under(MirrorEntry entry) => this with
    {
        Service = entry.Service ?? Service,
        Subset = entry.Subset ?? (entry.Service is null ? Subset : null),
        Share = entry.Share ?? Share,
        MaxBodySize = entry.MaxBodySize ?? MaxBodySize,
        MaxConcurrent = entry.MaxConcurrent ?? MaxConcurrent,
        HostSuffix = entry.HostSuffix ?? HostSuffix,
    };
}
