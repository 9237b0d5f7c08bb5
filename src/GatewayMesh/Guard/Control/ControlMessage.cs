using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Roles;

namespace GatewayMesh.Guard.Control;

/// <summary>One message of the control channel. Only what the kind needs is set; what a reader does not know it passes over, so that guard and worker may differ in version.</summary>
internal sealed record ControlMessage(ControlKind Kind)
{
    /// <summary>Configure, Reload: how the process was started (the configuration's bytes come as a descriptor).</summary>
    public RoleOptions? Options { get; init; }

    /// <summary>Configure, Reload, Holdings: listeners whose descriptors come along, in this order.</summary>
    public ImmutableArray<ListenerLease> Listeners { get; set; } = [];

    /// <summary>Reload: names of listeners that go.</summary>
    public ImmutableArray<string> Close { get; set; } = [];

    /// <summary>Lease: accept or not. Holdings: whether it accepts.</summary>
    public bool Accept { get; init; }

    /// <summary>Drain: leave the registry first.</summary>
    public bool Leave { get; init; }

    /// <summary>Drain: time for requests in flight, in milliseconds.</summary>
    public long TimeoutMilliseconds { get; init; }

    /// <summary>Configure, Adopt, Holdings: the sender's process.</summary>
    public int Pid { get; init; }

    /// <summary>Holdings: number that its guard knew it by.</summary>
    public int Worker { get; init; }

    /// <summary>Fitness: able to serve. Reloaded: taken.</summary>
    public bool Well { get; init; }

    /// <summary>Fitness, LeaseReturned, Reloaded: why.</summary>
    public string? Reason { get; init; }

    /// <summary>Fitness: what it says of itself to the registry.</summary>
    public NodeRecord? Record { get; init; }
}

/// <summary>Source-generated reading and writing: no reflection. (Lists are settable, since a generated reader gives a missing init-only member its type's default.)</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ControlMessage))]
internal sealed partial class ControlJson : JsonSerializerContext;
