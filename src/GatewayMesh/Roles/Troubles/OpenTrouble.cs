namespace GatewayMesh.Roles.Troubles;

/// <summary>A trouble that lasts.</summary>
/// <param name="Trouble">What it is.</param>
/// <param name="Duration">Time since it began.</param>
internal sealed record OpenTrouble(Trouble Trouble, TimeSpan Duration);
