using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Tokens;

namespace GatewayMesh.Configuration.Intentions;

/// <summary>Digest of intentions; descriptions are not included.</summary>
internal static class IntentionDigest
{
    public static string Of(ImmutableArray<IntentionRule> rules, bool allowsByDefault)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, allowsByDefault ? "allow" : "deny");
        foreach (var rule in rules)
        {
            Add(hash, rule.Jwt);
            Add(hash, "intention", rule.Source, rule.Destination, rule.Declared.Action?.ToString() ?? "");
            foreach (var permission in rule.Declared.Permissions)
            {
                Add(hash, permission);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, PermissionRule permission)
    {
        Add(hash, "permission", permission.Action.ToString(), permission.PathRule?.Test.ToString() ?? "", permission.PathRule?.Value ?? "");
        Add(hash, permission.Jwt);
        foreach (var method in permission.Methods)
        {
            Add(hash, "method", method);
        }

        foreach (var header in permission.Headers)
        {
            Add(
                hash,
                "header",
                header.Name,
                header.Test.ToString(),
                header.Value,
                header.Invert ? "not" : "",
                header.IgnoreCase ? "any case" : "");
        }
    }

    private static void Add(IncrementalHash hash, JwtRequirement? jwt)
    {
        foreach (var provider in jwt?.Providers ?? [])
        {
            Add(hash, "provider", provider.Name);
            foreach (var claim in provider.Claims)
            {
                Add(hash, ["claim", claim.Value, .. claim.Path]);
            }
        }
    }

    // Each text is prefixed with its length, or "ab" + "c" would equal "a" + "bc".
    private static void Add(IncrementalHash hash, params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text.Length}:{text}")));
        }
    }
}
