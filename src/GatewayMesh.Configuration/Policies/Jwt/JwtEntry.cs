using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Jwt;

/// <summary>Declared <c>jwt</c> of a service-policy; a null value is inherited.</summary>
public sealed record JwtEntry
{
    private const int MaxIssuers = 16;
    private const int MaxRules = 64;

    /// <summary><c>issuers</c>: issuers whose tokens are accepted; empty turns an inherited check off.</summary>
    public ImmutableArray<JwtIssuerModel>? Issuers { get; init; }

    /// <summary><c>required</c>: requests without a token are refused.</summary>
    public bool? Required { get; init; }

    /// <summary><c>claims</c>: claims that a token must have, with their values.</summary>
    public ImmutableSortedDictionary<string, string>? Claims { get; init; }

    /// <summary><c>forward</c>: header fields that the application receives, with the claims that they are taken from.</summary>
    public ImmutableSortedDictionary<string, string>? Forward { get; init; }

    /// <summary><c>rules</c>: requirements of other paths and methods.</summary>
    public ImmutableArray<JwtRule>? Rules { get; init; }

    internal static JwtEntry Bind(MappingReader reader)
    {
        var issuers = reader.Items("issuers", JwtIssuerModel.Bind);
        var claims = reader.Map("claims");
        var forward = reader.Map("forward");
        var rules = reader.Items("rules", JwtRule.Bind);
        if (issuers.Length > MaxIssuers)
        {
            reader.Fail("issuers", $"has more than {MaxIssuers} issuers", "list fewer issuers");
        }

        if (rules.Length > MaxRules)
        {
            reader.Fail("rules", $"has more than {MaxRules} rules", "list fewer rules");
        }

        var fields = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, claim) in forward)
        {
            var field = TokenForwarding.FieldName.Read(name);
            if (field.Message is { } message)
            {
                reader.Fail(reader.LocationOf("forward"), $"{reader.PathOf("forward")}.{name}", message, field.Fix);
            }
            else if (issuers.Any(issuer => issuer.IsLocation(name)))
            {
                reader.Fail(
                    reader.LocationOf("forward"),
                    $"{reader.PathOf("forward")}.{name}",
                    "is also a location of tokens",
                    "use another field, such as x-user");
            }
            else if (claim.Length == 0)
            {
                reader.Fail(
                    reader.LocationOf("forward"), $"{reader.PathOf("forward")}.{name}", "names no claim", "name a claim, such as sub");
            }
            else
            {
                fields[field.Value!] = claim;
            }
        }

        return new JwtEntry
        {
            Issuers = reader.Has("issuers") ? issuers : null,
            Required = reader.OrNull("required", ScalarTypes.Flag),
            Claims = reader.Has("claims") ? claims : null,
            Forward = reader.Has("forward") ? fields.ToImmutable() : null,
            Rules = reader.Has("rules") ? rules : null,
        };
    }
}
