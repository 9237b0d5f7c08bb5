namespace GatewayMesh.Scenarios;

/// <summary>A part of a scenario.</summary>
/// <param name="Entries">Name of the file under <c>phases/</c> that is in force meanwhile.</param>
/// <param name="Words">What it is called in the table.</param>
internal sealed record Phase(string Entries, string Words);
