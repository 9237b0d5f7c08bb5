using GatewayMesh.Certificates;

namespace GatewayMesh.Proxy.Identity;

/// <summary>Caller that a request is made for.</summary>
/// <param name="Service">Name of the calling service; empty when unknown.</param>
/// <param name="Verified">True if a certificate proves the name. Unverified names are for telemetry, never for permissions.</param>
internal readonly record struct Caller(string Service, bool Verified)
{
    /// <summary>ID from the certificate; null if unverified, and for this host's own applications.</summary>
    public SpiffeId? Id { get; init; }

    /// <summary>Gateway that vouches for the caller in place of the caller's own certificate; null for a direct call.</summary>
    public SpiffeId? Gateway { get; init; }
}
