using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>A registry record with an address that this node never dials.</summary>
/// <param name="Service">Name of the service; <c>gateway:GROUP</c> for a gateway.</param>
/// <param name="Id">Id of the instance; the node of a gateway.</param>
/// <param name="Node">Node named by the record; empty where no sidecar fronts the instance.</param>
/// <param name="Address">Refused address.</param>
/// <param name="Fault">Reason of the refusal.</param>
public sealed record RefusedRecord(string Service, string Id, string Node, HostPort Address, ReachFault Fault)
{
    /// <summary>Datacenter of the instance if not the snapshot's own; else empty.</summary>
    public string Datacenter { get; init; } = "";
}
