using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Idempotency;

/// <summary>
/// The request field <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header, a string of RFC 8941). Many clients send the key
/// without quotes; <c>"k"</c> and <c>k</c> are the same key.
/// </summary>
internal static class IdempotencyKeyField
{
    /// <summary>Name of the field.</summary>
    public const string Name = "Idempotency-Key";

    /// <summary>Maximum length of a key: 255 characters.</summary>
    public const int MaxLength = 255;

    /// <summary>True for a method whose requests may have a key: one that is not safe (RFC 9110 §9.2.1).</summary>
    public static bool Allows(string method) => method is not ("GET" or "HEAD" or "OPTIONS" or "TRACE");

    /// <summary>Reads the key.</summary>
    /// <param name="fields">Fields of the request.</param>
    /// <param name="key">The key; null if the request has none, or a malformed one.</param>
    /// <returns>False if the field is malformed: empty, too long, not printable ASCII, or given twice.</returns>
    public static bool TryRead(FieldTable fields, out string? key)
    {
        var lines = fields[Name];
        key = null;
        if (lines.Count == 0)
        {
            return true;
        }

        var text = lines.Count == 1 ? lines[0]!.AsSpan() : default;
        if (text.Length >= 2 && text[0] == '"' && text[^1] == '"')
        {
            text = text[1..^1];
        }

        if (text.IsEmpty || text.Length > MaxLength || text.ContainsAnyExceptInRange('!', '~'))
        {
            return false;
        }

        key = text.ToString();
        return true;
    }
}
