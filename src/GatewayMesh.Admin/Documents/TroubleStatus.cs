namespace GatewayMesh.Admin.Documents;

/// <summary>An unhealthy application, instance or node.</summary>
/// <param name="Kind"><c>application_down</c>, <c>instance_ejected</c> or <c>node_gone</c>.</param>
/// <param name="Service">Its service; empty for a node.</param>
/// <param name="Instance">Id of the instance; empty for a node.</param>
/// <param name="Node">Its node.</param>
/// <param name="Address">Its address.</param>
/// <param name="Reason">Reason.</param>
/// <param name="Seconds">Seconds since the start of the trouble.</param>
public sealed record TroubleStatus(
    string Kind, string Service, string Instance, string Node, string Address, string Reason, double Seconds);
