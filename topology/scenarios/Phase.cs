namespace GatewayMesh.Scenarios;

/// <summary>A phase of a scenario.</summary>
/// <param name="Entries">Name of the entry file under <c>phases/</c> for this phase.</param>
/// <param name="Title">Name in the table.</param>
internal sealed record Phase(string Entries, string Title);
