using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Consul.Vouching;

/// <summary>What a guard wants Consul to know.</summary>
/// <param name="Bootstrap">The node.</param>
/// <param name="Serves">Whether a worker holds the lease.</param>
/// <param name="StandIn">What the guard says of the node while no worker does; null while one does.</param>
/// <param name="Left">Whether the node has left the mesh.</param>
internal sealed record VouchedState(BootstrapSpec Bootstrap, bool Serves, NodeRecord? StandIn, bool Left);
