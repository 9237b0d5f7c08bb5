using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>What a sidecar fronts.</summary>
public sealed record SidecarSpec
{
    /// <summary>What other nodes dial to reach the inbound listeners. Default: <c>127.0.0.1</c>.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The services of this host; at least one.</summary>
    public ImmutableArray<LocalServiceSpec> Services { get; init; } = [];

    /// <summary>How the guard watches the worker.</summary>
    public GuardSpec Guard { get; init; } = new();
}
