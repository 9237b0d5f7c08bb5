using System.Text.Json.Serialization;

namespace GatewayMesh.Guard.Control;

/// <summary>Messages between guard and worker.</summary>
internal enum ControlKind
{
    /// <summary>Guard: configuration and listeners to run. Descriptors: configuration, progress page, listeners in order.</summary>
    Configure,

    /// <summary>Guard: asks a running worker for its listeners and its lease.</summary>
    Adopt,

    /// <summary>
    /// Guard: added listeners, removed listeners, new configuration. Descriptors: configuration, then the new listeners in order.
    /// </summary>
    Reload,

    /// <summary>Guard: accept, or stop accepting.</summary>
    Lease,

    /// <summary>Guard: finish the requests in flight, then exit.</summary>
    Drain,

    /// <summary>
    /// Worker: its answer to <see cref="Adopt"/>. Descriptors: progress page, listeners in order. The name on the channel is that of earlier
    /// builds, which an upgrade may adopt.
    /// </summary>
    [JsonStringEnumMemberName("Holdings")]
    Adopted,

    /// <summary>Worker: its fitness and its record for the registry.</summary>
    Fitness,

    /// <summary>Worker: stopped accepting.</summary>
    LeaseReturned,

    /// <summary>Worker: result of a reload.</summary>
    Reloaded,
}
