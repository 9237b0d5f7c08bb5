using System.Buffers.Text;
using System.Text.Json;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>Header and claims of a signed token in compact form (RFC 7515 §7.1), read but not verified.</summary>
/// <param name="Algorithm">Signature algorithm (<c>alg</c>).</param>
/// <param name="KeyId">Key ID (<c>kid</c>); null if there is none.</param>
/// <param name="Claims">Claims.</param>
internal sealed record TokenParts(string Algorithm, string? KeyId, VerifiedClaims Claims)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>
    /// Reads a token; null if it is malformed, encrypted, or has an extension that must be understood (<c>crit</c>, RFC 7515 §4.1.11).
    /// </summary>
    public static TokenParts? Read(string token)
    {
        var first = token.IndexOf('.', StringComparison.Ordinal);
        var second = first < 0 ? -1 : token.IndexOf('.', first + 1);
        if (second < 0 || token.IndexOf('.', second + 1) >= 0 || second == token.Length - 1)
        {
            return null;
        }

        if (Decode(token.AsSpan(0, first)) is not { } header
            || Decode(token.AsSpan(first + 1, second - first - 1)) is not { } payload
            || VerifiedClaims.Read(payload) is not { } claims)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(header, Strict);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && !root.TryGetProperty("crit", out _)
                && !root.TryGetProperty("b64", out _)
                && TextOf(root, "alg", out var algorithm)
                && algorithm is not null
                && TextOf(root, "kid", out var key)
                    ? new TokenParts(algorithm, key, claims)
                    : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool TextOf(JsonElement header, string name, out string? text)
    {
        text = null;
        if (!header.TryGetProperty(name, out var value))
        {
            return true;
        }

        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null;
    }

    private static byte[]? Decode(ReadOnlySpan<char> part)
    {
        try
        {
            return part.IsEmpty || part.ContainsAny('=', ' ', '\t') ? null : Base64Url.DecodeFromChars(part);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
