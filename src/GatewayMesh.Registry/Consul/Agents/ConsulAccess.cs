using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>The agents and the credentials for them.</summary>
internal sealed record ConsulAccess
{
    /// <summary>The agents, <c>http://HOST:PORT</c> or <c>https://HOST:PORT</c>, the home agent first; at least one.</summary>
    public required ImmutableArray<Uri> Agents { get; init; }

    /// <summary>The token sent as <c>X-Consul-Token</c>. Default: none. <see cref="TokenFile"/> wins over this token.</summary>
    public string Token { get; init; } = "";

    /// <summary>A file whose trimmed content is the token; read again when it changes. Default: none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The files for agents that speak TLS. Default: none; uses the system's roots and no client certificate.</summary>
    public ConsulTls Tls { get; init; } = new(null, null, null);

    /// <summary>The access that a bootstrap file configures.</summary>
    public static ConsulAccess Of(RegistrySpec registry) => new()
    {
        Agents = registry.Agents,
        Token = registry.Token,
        TokenFile = registry.TokenFile,
        Tls = new ConsulTls(registry.Tls.Ca, registry.Tls.Cert, registry.Tls.Key),
    };
}
