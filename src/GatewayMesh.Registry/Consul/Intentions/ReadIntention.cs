using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Tokens;

namespace GatewayMesh.Registry.Consul.Intentions;

/// <summary>One Consul intention.</summary>
/// <param name="Destination">The called service.</param>
/// <param name="Source">The calling service and the decision; null if the intention is not for this mesh. Denies if not understood.</param>
/// <param name="Note">The reason why the intention is ignored, or null.</param>
/// <param name="Error">The error in the intention, or null.</param>
internal sealed record ReadIntention(string Destination, IntentionSource? Source, string? Note, ConfigError? Error)
{
    /// <summary>The token that every request needs; null for none.</summary>
    public JwtRequirement? Jwt { get; init; }
}
