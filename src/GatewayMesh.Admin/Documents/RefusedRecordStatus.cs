namespace GatewayMesh.Admin.Documents;

/// <summary>A registry record that a node ignores.</summary>
/// <param name="Service">Name of the service, or <c>gateway:GROUP</c>.</param>
/// <param name="Id">Id of the instance, or name of the gateway's node.</param>
/// <param name="Address">Its address.</param>
/// <param name="Because">Reason.</param>
/// <param name="Fix">Fix.</param>
public sealed record RefusedRecordStatus(string Service, string Id, string Address, string Because, string Fix);
