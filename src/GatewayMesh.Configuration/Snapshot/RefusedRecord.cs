using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>A record of the registry that this node does not follow: its address leads where registry data never leads.</summary>
/// <param name="Service">Name of the service; <c>gateway:GROUP</c> for a gateway.</param>
/// <param name="Id">Id of the instance; the node of a gateway.</param>
/// <param name="Node">Node that the record names; empty where no sidecar fronts the instance.</param>
/// <param name="Address">The address.</param>
/// <param name="Fault">Why.</param>
public sealed record RefusedRecord(string Service, string Id, string Node, HostPort Address, ReachFault Fault)
{
    /// <summary>Datacenter of the instance where that is another one than the snapshot's, else empty.</summary>
    public string Datacenter { get; init; } = "";
}
