using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Entries.Tokens;

/// <summary>
/// Token that an intention requires (Consul: <c>JWT</c>): one of these providers accepts the token, and the token has that provider's
/// claims.
/// </summary>
/// <param name="Providers">Providers with their claims.</param>
public sealed record JwtRequirement(ImmutableArray<RequiredProvider> Providers)
{
    /// <summary>True if the token of <paramref name="request"/> is such a token.</summary>
    public bool IsMet(IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        foreach (var provider in Providers)
        {
            if (request.ClaimsOf(provider.Name) is { } claims && provider.Claims.All(claim => claims.Has([.. claim.Path], claim.Value)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads <c>jwt</c>; null if absent.</summary>
    internal static JwtRequirement? Bind(MappingReader reader)
    {
        var key = reader.Has("JWT") || !reader.Has("jwt") ? "JWT" : "jwt";
        return reader.Has(key) ? reader.Section(key, section =>
        {
            var providers = section.Items("providers", RequiredProvider.Bind);
            if (providers.IsEmpty)
            {
                section.Fail("names no provider", "add providers: [ { name: NAME } ], the name of a jwt-provider entry");
            }

            return new JwtRequirement(providers);
        }) : null;
    }
}
