using GatewayMesh.Client.Settings;

namespace GatewayMesh.Client.Gateways;

/// <summary>A gateway to connect to.</summary>
/// <param name="Address">The address of its tunnel listener.</param>
/// <param name="Tls">The identity to expect with TLS; null: plaintext.</param>
internal sealed record GatewayEntry(TargetAddress Address, GatewayEntryTls? Tls)
{
    /// <summary>True if the registry named the gateway (<c>gateways.json</c>), not the application's owner. Default: false.</summary>
    public bool IsRecorded { get; init; }

    /// <summary>The address.</summary>
    public override string ToString() => Address.ToString();
}

/// <summary>The identity that a gateway must have.</summary>
/// <param name="Service">The service in its certificate.</param>
/// <param name="TrustDomain">The mesh's trust domain, for roots without their own.</param>
internal sealed record GatewayEntryTls(string Service, string TrustDomain);
