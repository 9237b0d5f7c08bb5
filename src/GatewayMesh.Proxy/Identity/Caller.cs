using GatewayMesh.Certificates;

namespace GatewayMesh.Proxy.Identity;

/// <summary>In whose name a request is made.</summary>
/// <param name="Service">Name of the calling service; empty when unknown.</param>
/// <param name="Verified">Whether a certificate says so. Unverified names are telemetry, never permission.</param>
internal readonly record struct Caller(string Service, bool Verified)
{
    /// <summary>The id that a certificate gives it; null when unverified, and for this host's own applications.</summary>
    public SpiffeId? Id { get; init; }

    /// <summary>The gateway that vouches for it, instead of a certificate of its own; null when it came by itself.</summary>
    public SpiffeId? Gateway { get; init; }
}
