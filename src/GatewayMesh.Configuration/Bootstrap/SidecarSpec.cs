using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Settings of a sidecar.</summary>
public sealed record SidecarSpec
{
    /// <summary>Address that other nodes dial to reach the inbound listeners. Default: <c>127.0.0.1</c>.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Services of this host; at least one.</summary>
    public ImmutableArray<LocalServiceSpec> Services { get; init; } = [];

    /// <summary>Settings of the guard.</summary>
    public GuardSpec Guard { get; init; } = new();
}
