namespace GatewayMesh.Commands.Status;

/// <summary>Something that does not serve as it should.</summary>
/// <param name="Kind"><c>application_down</c>, <c>instance_ejected</c> or <c>node_gone</c>.</param>
/// <param name="Service">Its service; empty for a node.</param>
/// <param name="Instance">Id of the instance; empty for a node.</param>
/// <param name="Node">Its node.</param>
/// <param name="Address">Where it is dialed.</param>
/// <param name="Reason">Why.</param>
/// <param name="Seconds">Seconds since it began.</param>
internal sealed record TroubleStatus(string Kind, string Service, string Instance, string Node, string Address, string Reason, double Seconds);
