using System.Collections.Immutable;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>An instance that a node fronts.</summary>
/// <param name="Name">Name of the service.</param>
/// <param name="Id">Id of the instance.</param>
/// <param name="Address">Inbound listener, as other nodes dial it.</param>
/// <param name="Healthy">Result of the instance's check.</param>
public sealed record NodeService(string Name, string Id, HostPort Address, bool Healthy)
{
    /// <summary><c>http</c> or <c>grpc</c>.</summary>
    public string Protocol { get => field ?? "http"; init; } = "http";

    /// <summary>
    /// Address of the application for callers that bypass the sidecar; null when other hosts cannot reach the application.
    /// </summary>
    public HostPort? Application { get; init; }

    /// <summary>Share of requests relative to other instances. Default: 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>
    /// True if the sidecar runs requests with an idempotency key once: its version can, and the policy that it uses says so. Default:
    /// false.
    /// </summary>
    public bool KeepsKeys { get; init; }

    /// <summary>Tags.</summary>
    public ImmutableArray<string> Tags { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>User-defined metadata.</summary>
    public ImmutableSortedDictionary<string, string> Meta
    {
        get => field ?? ImmutableSortedDictionary<string, string>.Empty;
        init;
    } = ImmutableSortedDictionary<string, string>.Empty;
}
