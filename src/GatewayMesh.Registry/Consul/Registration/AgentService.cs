using System.Collections.Immutable;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>One registration in the form that an agent accepts (<c>PUT /v1/agent/service/register</c>).</summary>
/// <param name="Id">Id, unique at the agent.</param>
/// <param name="Name">Name of the service.</param>
/// <param name="Address">The advertised address.</param>
/// <param name="Port">The advertised port.</param>
internal sealed record AgentService(string Id, string Name, string Address, int Port)
{
    /// <summary>The load-balancing weight (<c>Weights.Passing</c>). Default: 1, which is omitted as Consul's own default.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Tags.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Metadata, both the user's and the mesh's.</summary>
    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The proxy section of a sidecar's registration, whose kind is <c>connect-proxy</c>. Null for other registrations.</summary>
    public AgentProxy? Proxy { get; init; }

    /// <summary>True if the user registered this service (<c>--sidecar-for</c>). This node then adds only checks.</summary>
    public bool IsForeign { get; init; }

    /// <summary>The checks.</summary>
    public ImmutableArray<AgentCheck> Checks { get; init; } = [];
}
