using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.Jwt;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>Issuers whose tokens are read from the same locations, so that a request has one token for all of them.</summary>
/// <param name="Issuers">Issuers.</param>
/// <param name="Names">Names of the jwt-provider entries, one for each issuer; empty for issuers of a policy.</param>
internal sealed record TokenGroup(ImmutableArray<JwtIssuerModel> Issuers, ImmutableArray<string> Names)
{
    /// <summary>Locations of the token.</summary>
    public ImmutableArray<TokenLocation> Locations { get; } = Issuers[0].Locations;

    /// <summary>Each issuer alone.</summary>
    public ImmutableArray<ImmutableArray<JwtIssuerModel>> Single { get; } = [.. Issuers.Select(issuer => ImmutableArray.Create(issuer))];

    /// <summary>True if an issuer has its claims forwarded as a field.</summary>
    public bool Forwards { get; } = Issuers.Any(issuer => issuer.Forwarding is not null);

    /// <summary>True if the application must not receive a header field with the token.</summary>
    public bool Withholds { get; } = Issuers[0].Locations.Any(IsWithheld);

    /// <summary>Groups issuers by their locations, in order.</summary>
    public static ImmutableArray<TokenGroup> Of(IEnumerable<(string? Name, JwtIssuerModel Issuer)> issuers)
    {
        var groups = new List<List<(string? Name, JwtIssuerModel Issuer)>>();
        foreach (var each in issuers)
        {
            if (groups.Find(group => group[0].Issuer.Locations.SequenceEqual(each.Issuer.Locations)) is { } group)
            {
                group.Add(each);
            }
            else
            {
                groups.Add([each]);
            }
        }

        return
        [
            .. groups.Select(group => new TokenGroup(
                [.. group.Select(each => each.Issuer)], [.. group.Select(each => each.Name).OfType<string>()])),
        ];
    }

    /// <summary>True if the application must not receive the header field of <paramref name="location"/>.</summary>
    public static bool IsWithheld(TokenLocation location) => location is { Place: TokenPlace.Header, Forward: false };
}
