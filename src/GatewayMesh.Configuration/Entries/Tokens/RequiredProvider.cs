using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Tokens;

/// <summary>A provider whose tokens an intention accepts.</summary>
/// <param name="Name">Name of the jwt-provider entry.</param>
/// <param name="Claims">Claims that the token must have.</param>
public sealed record RequiredProvider(string Name, ImmutableArray<RequiredClaim> Claims)
{
    internal static RequiredProvider Bind(MappingReader reader) => new(
        reader.Required("name", ScalarTypes.Name) ?? "",
        reader.Items("verifyClaims", RequiredClaim.Bind));
}
