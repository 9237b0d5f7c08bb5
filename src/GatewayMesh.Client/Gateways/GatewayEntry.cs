using GatewayMesh.Client.Settings;

namespace GatewayMesh.Client.Gateways;

/// <summary>A gateway as it is dialled.</summary>
/// <param name="Address">Where its tunnels are taken.</param>
/// <param name="Tls">Whom to expect there, by TLS; null: in plaintext.</param>
internal sealed record GatewayEntry(TargetAddress Address, GatewayEntryTls? Tls)
{
    /// <summary>The registry named it (<c>gateways.json</c>), not the application's owner. Default: false.</summary>
    public bool IsRecorded { get; init; }

    /// <summary>The address.</summary>
    public override string ToString() => Address.ToString();
}

/// <summary>Who a gateway must be.</summary>
/// <param name="Service">The service that its certificate names.</param>
/// <param name="TrustDomain">The mesh's trust domain, for roots that do not name theirs.</param>
internal sealed record GatewayEntryTls(string Service, string TrustDomain);
