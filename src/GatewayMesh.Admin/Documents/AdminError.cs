namespace GatewayMesh.Admin.Documents;

/// <summary>An error response of the admin address.</summary>
/// <param name="Error">Word for programs, such as <c>usage</c>.</param>
/// <param name="Detail">Sentence for people, with the fix.</param>
public sealed record AdminError(string Error, string Detail);
