using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Bootstrap;

namespace GatewayMesh.Guard.Control;

/// <summary>
/// A message of the control channel. Only the members of its kind are set. Readers ignore unknown members, so that guard and worker may
/// differ in version.
/// </summary>
internal sealed record ControlMessage(ControlKind Kind)
{
    /// <summary>Configure, Reload: command-line options of the process. (The configuration's bytes come as a descriptor.)</summary>
    public BootstrapOptions? Options { get; init; }

    /// <summary>Configure, Reload, Adopted: listeners whose descriptors are attached, in this order.</summary>
    public ImmutableArray<ListenerLease> Listeners { get; set; } = [];

    /// <summary>Reload: names of removed listeners.</summary>
    public ImmutableArray<string> Close { get; set; } = [];

    /// <summary>Lease: accept or stop. Adopted: true if the worker accepts.</summary>
    public bool Accept { get; init; }

    /// <summary>Drain: deregister first.</summary>
    public bool Leave { get; init; }

    /// <summary>Drain: time for requests in flight, in milliseconds.</summary>
    public long TimeoutMilliseconds { get; init; }

    /// <summary>Configure, Adopt, Adopted: process id of the sender.</summary>
    public int Pid { get; init; }

    /// <summary>Adopted: the worker's number at its previous guard.</summary>
    public int Worker { get; init; }

    /// <summary>Fitness: able to serve. Reloaded: accepted.</summary>
    public bool Well { get; init; }

    /// <summary>Fitness, LeaseReturned, Reloaded: reason.</summary>
    public string? Reason { get; init; }

    /// <summary>Fitness: the worker's record for the registry.</summary>
    public NodeRecord? Record { get; init; }
}

/// <summary>
/// Source-generated reading and writing: no reflection. (Lists are settable, since a generated reader gives a missing init-only member its
/// type's default.)
/// </summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ControlMessage))]
internal sealed partial class ControlJson : JsonSerializerContext;
