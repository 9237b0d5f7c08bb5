namespace GatewayMesh.Troubles;

/// <summary>A trouble that has not ended.</summary>
/// <param name="Trouble">The trouble.</param>
/// <param name="Duration">Time since its start.</param>
internal sealed record OpenTrouble(Trouble Trouble, TimeSpan Duration);
