using System.Collections.Frozen;
using System.Text.Json;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>Claims of a verified token (RFC 7519 §4). Read-only, so that other threads may read them.</summary>
internal sealed class VerifiedClaims : IClaims
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    private readonly JsonElement _payload;
    private readonly FrozenDictionary<string, string> _values;

    private VerifiedClaims(JsonElement payload)
    {
        _payload = payload;
        _values = payload.EnumerateObject()
            .Select(claim => (claim.Name, Value: TextOf(claim.Value)))
            .Where(claim => claim.Value is not null)
            .ToFrozenDictionary(claim => claim.Name, claim => claim.Value!, StringComparer.Ordinal);
    }

    /// <summary>
    /// Reads the claims; null if <paramref name="payload"/> is not a JSON object, or names a claim twice, which readers would read
    /// differently.
    /// </summary>
    public static VerifiedClaims? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? new VerifiedClaims(document.RootElement.Clone()) : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null; // the latter: a string with half of a surrogate pair
        }
    }

    /// <inheritdoc/>
    /// <remarks>A number and a Boolean are as in the token; the texts of a list are separated by commas.</remarks>
    public string? Find(string name)
    {
        if (_values.TryGetValue(name, out var value))
        {
            return value;
        }

        return name.Contains('.', StringComparison.Ordinal) && At(name.Split('.')) is { } nested ? TextOf(nested) : null;
    }

    /// <inheritdoc/>
    /// <remarks>Also true for a <c>scope</c> with the value among its words (RFC 8693 §4.2).</remarks>
    public bool Has(ReadOnlySpan<string> path, string value)
    {
        if (At(path) is not { } claim)
        {
            return false;
        }

        if (claim.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in claim.EnumerateArray())
            {
                if (ScalarOf(item) == value)
                {
                    return true;
                }
            }

            return false;
        }

        var text = ScalarOf(claim);
        return text == value || (text is not null && path is ["scope" or "scp"] && text.Split(' ').Contains(value, StringComparer.Ordinal));
    }

    /// <summary>True if the token has the claim, with any value.</summary>
    public bool Contains(string name) => _payload.TryGetProperty(name, out _);

    /// <summary>Returns a claim that is a time (RFC 7519 §2, NumericDate); null if it is absent or no number.</summary>
    public double? Seconds(string name) =>
        _payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds)
            ? seconds
            : null;

    /// <summary>Returns the claim at <paramref name="path"/>; null if there is none.</summary>
    private JsonElement? At(ReadOnlySpan<string> path)
    {
        var at = _payload;
        foreach (var name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
            {
                return null;
            }
        }

        return at;
    }

    private static string? TextOf(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? string.Join(',', value.EnumerateArray().Select(ScalarOf).Where(text => text is not null))
        : ScalarOf(value);

    private static string? ScalarOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };
}
