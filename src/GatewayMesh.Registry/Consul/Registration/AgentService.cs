using System.Collections.Immutable;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>One registration as an agent takes it (<c>PUT /v1/agent/service/register</c>).</summary>
/// <param name="Id">Id, one of a kind at its agent.</param>
/// <param name="Name">Name of the service.</param>
/// <param name="Address">What others dial.</param>
/// <param name="Port">What others dial.</param>
internal sealed record AgentService(string Id, string Name, string Address, int Port)
{
    /// <summary>Its share of the requests (<c>Weights.Passing</c>); 1 is not written, being Consul's own default. Default: 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Tags.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Pairs, the user's and ours.</summary>
    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Set for a sidecar's registration, which is then of the kind <c>connect-proxy</c>.</summary>
    public AgentProxy? Proxy { get; init; }

    /// <summary>Whether somebody else registered it (<c>--sidecar-for</c>): only the checks are ours.</summary>
    public bool IsForeign { get; init; }

    /// <summary>Its checks.</summary>
    public ImmutableArray<AgentCheck> Checks { get; init; } = [];
}
