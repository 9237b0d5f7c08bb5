using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Policies.Jwt;

/// <summary>
/// Requirements of some paths and methods on a token. Paths are compared as in intentions: a rule that requires claims matches if any
/// application may read the path that way, and one that waives the token only if every application does.
/// </summary>
public sealed record JwtRule
{
    private PermissionMatch? _may;
    private PermissionMatch? _surely;

    /// <summary>Condition on the path; null for none.</summary>
    public PathRule? Path { get; init; }

    /// <summary>Methods, in upper case. Empty: any.</summary>
    public ImmutableArray<string> Methods { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>False if a token is not required. Default: true.</summary>
    public bool Required { get; init; } = true;

    /// <summary>Required claims with their values. Default: none.</summary>
    public ImmutableSortedDictionary<string, string> Claims
    {
        get => field ?? ImmutableSortedDictionary<string, string>.Empty;
        init;
    } = ImmutableSortedDictionary<string, string>.Empty;

    [JsonIgnore]
    private PermissionMatch May => _may ??= new PermissionMatch(Permission(IntentionAction.Deny));

    [JsonIgnore]
    private PermissionMatch Surely => _surely ??= new PermissionMatch(Permission(IntentionAction.Allow));

    /// <summary>True if some application may read the request as one of this rule.</summary>
    public bool MayMatch(IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var paths = request.Paths;
        foreach (var reader in paths.Readers(May.IsUniform))
        {
            if (May.Matches(request, paths, reader))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True if every application reads the request as one of this rule.</summary>
    public bool SurelyMatches(IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var paths = request.Paths;
        foreach (var reader in paths.Readers(Surely.IsUniform))
        {
            if (!Surely.Matches(request, paths, reader))
            {
                return false;
            }
        }

        return true;
    }

    internal static JwtRule Bind(MappingReader reader)
    {
        var rule = new JwtRule
        {
            Path = PermissionRule.BindPath(reader),
            Methods = PermissionRule.BindMethods(reader),
            Required = reader.Optional("required", ScalarTypes.Flag, true),
            Claims = reader.Map("claims"),
        };
        if (rule.Path is null && rule.Methods.IsEmpty)
        {
            reader.Fail("has no condition", "set one of pathExact, pathPrefix, pathRegex, and methods");
        }

        if (!rule.Required && rule.Claims.Count > 0)
        {
            reader.Fail("required", "conflicts with claims, which need a token", "remove required or claims");
        }

        if (rule.Required && rule.Claims.Count == 0)
        {
            reader.Fail("requires nothing", "add claims, such as claims: { role: admin }, or set required: false");
        }

        return rule;
    }

    private PermissionRule Permission(IntentionAction action) => new(action) { PathRule = Path, Methods = Methods };
}
