namespace GatewayMesh.Configuration.Entries.Flags;

/// <summary>An item of <c>Audience.Groups</c>.</summary>
/// <param name="Name">Name of the group.</param>
/// <param name="RolloutPercentage">Share of the group's users for whom the flag is on, 0 to 100.</param>
public sealed record FlagGroup(string Name, double RolloutPercentage);
