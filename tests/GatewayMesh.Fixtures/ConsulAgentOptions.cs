namespace GatewayMesh.Fixtures;

/// <summary>Options of a test agent. Default: a single server in memory without ACLs.</summary>
public sealed record ConsulAgentOptions
{
    /// <summary>Name of the agent's node. Default: <c>consul-PORT</c>.</summary>
    public string? Node { get; init; }

    /// <summary>Datacenter of the agent.</summary>
    public string Datacenter { get; init; } = "dc1";

    /// <summary>Server to join as a client agent; null: the agent is a server.</summary>
    public ConsulAgent? Join { get; init; }

    /// <summary>
    /// True if a server keeps its state on disk, so that the state survives <see cref="ConsulAgent.StartAgainAsync"/>.
    /// </summary>
    public bool Durable { get; init; }

    /// <summary>ACLs with <c>default_policy = "deny"</c>; <see cref="ConsulAgent.ManagementToken"/> has all rights.</summary>
    public bool Acl { get; init; }

    /// <summary>Maximum HTTP connections of one client address; null: Consul's default, 200.</summary>
    public int? MaxConnectionsPerClient { get; init; }

    /// <summary>True if servers of other datacenters can join, at <see cref="ConsulAgent.WanPort"/>.</summary>
    public bool MeetsOthers { get; init; }

    /// <summary>Additional configuration in HCL.</summary>
    public string Hcl { get; init; } = "";
}
