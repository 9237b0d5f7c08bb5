using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Consul.Vouching;

/// <summary>The state that a guard reports to Consul.</summary>
/// <param name="Bootstrap">The node's bootstrap.</param>
/// <param name="Serves">True if a worker holds the lease.</param>
/// <param name="StandIn">The guard's record of the node while no worker serves; null while a worker serves.</param>
/// <param name="Left">True if the node has left the mesh.</param>
internal sealed record VouchedState(BootstrapSpec Bootstrap, bool Serves, NodeRecord? StandIn, bool Left);
