using System.Collections.Immutable;
using System.Net;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Settings of an ingress.</summary>
public sealed record IngressSpec
{
    /// <summary>Address that other nodes dial for status. Default: <c>127.0.0.1</c>.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>True if the bootstrap states <see cref="Address"/>; false if the address is the default. Default: true.</summary>
    public bool IsAddressStated { get; init; } = true;

    /// <summary>
    /// Service name under which the ingress registers; also the name of its <c>ingress-gateway</c> entry. Default:
    /// <c>gatewaymesh-ingress</c>.
    /// </summary>
    public string Service { get; init; } = "gatewaymesh-ingress";

    /// <summary>Public listeners. The <c>ingress-gateway</c> entry declares their hosts and services.</summary>
    public ImmutableArray<IngressListenerSpec> Listeners { get; init; } = [];

    /// <summary>Networks (CIDR) whose <c>X-Forwarded-*</c> fields and PROXY headers are trusted. Default: none.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];
}
