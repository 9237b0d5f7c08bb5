namespace GatewayMesh.Commands.Status;

/// <summary>A record of the registry that a node does not follow.</summary>
/// <param name="Service">Name of the service, or <c>gateway:GROUP</c>.</param>
/// <param name="Id">Id of the instance, or node of the gateway.</param>
/// <param name="Address">Its address.</param>
/// <param name="Because">Why, in words.</param>
/// <param name="Fix">What to do.</param>
internal sealed record RefusedRecordStatus(string Service, string Id, string Address, string Because, string Fix);
