using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Policies.Jwt;

/// <summary>
/// Verification of JSON web tokens (RFC 7519): at the ingress, at the callee's sidecar, at a gateway that takes over for that sidecar, and
/// on the caller's side if the callee has no sidecar. Without issuers nothing is verified.
/// </summary>
public sealed record JwtModel
{
    /// <summary>The defaults.</summary>
    public static JwtModel Default { get; } = new();

    /// <summary>Issuers whose tokens are accepted. Default: none, so no token is verified.</summary>
    public ImmutableArray<JwtIssuerModel> Issuers { get; init; } = [];

    /// <summary>True if a request without a token is refused; an invalid token is refused in any case. Default: true.</summary>
    public bool Required { get; init; } = true;

    /// <summary>Claims that every token must have, with their values. Default: none.</summary>
    public ImmutableSortedDictionary<string, string> Claims { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>
    /// Header fields that the application receives, with the claims that they are taken from. A client's own fields of these names are
    /// always removed. Default: none.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Forward { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Requirements of other paths and methods. Default: none.</summary>
    public ImmutableArray<JwtRule> Rules { get; init; } = [];

    /// <summary>True if tokens are verified.</summary>
    [JsonIgnore]
    public bool IsOn => !Issuers.IsEmpty;

    /// <summary>True if a request must have a token.</summary>
    public bool NeedsToken(IRequestFacts request)
    {
        foreach (var rule in Rules)
        {
            if (rule.Claims.Count > 0 && rule.MayMatch(request))
            {
                return true;
            }
        }

        return Required && !IsExempt(request);
    }

    /// <summary>Returns the first required claim that <paramref name="claims"/> lack; null if they have all.</summary>
    public string? Missing(IRequestFacts request, IClaims claims)
    {
        foreach (var rule in Rules)
        {
            if (rule.Claims.Count > 0 && rule.MayMatch(request) && Missing(rule.Claims, claims) is { } missing)
            {
                return missing;
            }
        }

        return Claims.Count > 0 && !IsExempt(request) ? Missing(Claims, claims) : null;
    }

    internal JwtModel Under(JwtEntry entry) => this with
    {
        Issuers = entry.Issuers ?? Issuers,
        Required = entry.Required ?? Required,
        Claims = entry.Claims ?? Claims,
        Forward = entry.Forward ?? Forward,
        Rules = entry.Rules ?? Rules,
    };

    private static string? Missing(ImmutableSortedDictionary<string, string> required, IClaims claims)
    {
        foreach (var (name, value) in required)
        {
            if (!claims.Has([name], value) && !(name.Contains('.', StringComparison.Ordinal) && claims.Has(name.Split('.'), value)))
            {
                return name;
            }
        }

        return null;
    }

    private bool IsExempt(IRequestFacts request)
    {
        foreach (var rule in Rules)
        {
            if (!rule.Required && rule.Claims.Count == 0 && rule.SurelyMatches(request))
            {
                return true;
            }
        }

        return false;
    }
}
