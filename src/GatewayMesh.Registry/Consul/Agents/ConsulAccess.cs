using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>Which agents there are and how they are spoken to.</summary>
internal sealed record ConsulAccess
{
    /// <summary>The agents, <c>http://HOST:PORT</c> or <c>https://HOST:PORT</c>, the home agent first; at least one.</summary>
    public required ImmutableArray<Uri> Agents { get; init; }

    /// <summary>The token sent as <c>X-Consul-Token</c>. Default: none. <see cref="TokenFile"/> goes before it.</summary>
    public string Token { get; init; } = "";

    /// <summary>A file whose trimmed content is the token; read again when it changes. Default: none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The files for agents that speak TLS. Default: none, the system's roots and no certificate of our own.</summary>
    public ConsulTls Tls { get; init; } = new(null, null, null);

    /// <summary>What a bootstrap file says of them.</summary>
    public static ConsulAccess Of(RegistrySpec registry) => new()
    {
        Agents = registry.Agents,
        Token = registry.Token,
        TokenFile = registry.TokenFile,
        Tls = new ConsulTls(registry.Tls.Ca, registry.Tls.Cert, registry.Tls.Key),
    };
}
