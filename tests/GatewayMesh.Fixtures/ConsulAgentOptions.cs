namespace GatewayMesh.Fixtures;

/// <summary>What kind of agent a test wants. Default: a server in memory, alone, without ACLs.</summary>
public sealed record ConsulAgentOptions
{
    /// <summary>Name of its node. Default: <c>consul-PORT</c>.</summary>
    public string? Node { get; init; }

    /// <summary>Its datacenter.</summary>
    public string Datacenter { get; init; } = "dc1";

    /// <summary>A server to join as a client agent; null: it is a server itself.</summary>
    public ConsulAgent? Join { get; init; }

    /// <summary>
    /// Whether a server keeps its state on disk, so that it is there again after <see cref="ConsulAgent.StartAgainAsync"/>.
    /// </summary>
    public bool Durable { get; init; }

    /// <summary>ACLs with <c>default_policy = "deny"</c>; <see cref="ConsulAgent.ManagementToken"/> may do everything.</summary>
    public bool Acl { get; init; }

    /// <summary>HTTP connections that one client address may have; null: Consul's own 200.</summary>
    public int? MaxConnectionsPerClient { get; init; }

    /// <summary>Whether it can meet servers of other datacenters, at <see cref="ConsulAgent.WanPort"/>.</summary>
    public bool MeetsOthers { get; init; }

    /// <summary>More configuration, in HCL.</summary>
    public string Hcl { get; init; } = "";
}
