using System.Text.Json;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>
/// Claims of a token (RFC 7519 §4). Read-only, so that other threads may read them. Anybody may send a token with many claims, so their
/// texts are made only when the first is needed, after the signature.
/// </summary>
internal sealed class VerifiedClaims : IClaims
{
    /// <summary>Most claims of a token: 256.</summary>
    public const int MaxClaims = 256;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    private readonly JsonElement _payload;
    private Dictionary<string, string>? _values;

    private VerifiedClaims(JsonElement payload) => _payload = payload;

    /// <summary>
    /// Reads the claims; null if <paramref name="payload"/> is not a JSON object, has more than <see cref="MaxClaims"/>, or names a claim
    /// twice, which readers would read differently.
    /// </summary>
    public static VerifiedClaims? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, Strict);
            if (payload.Span.IndexOf("\\u"u8) >= 0)
            {
                Unescape(document.RootElement);
            }

            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.GetPropertyCount() <= MaxClaims
                ? new VerifiedClaims(document.RootElement.Clone())
                : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null; // the latter: a string with half of a surrogate pair
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A number and a Boolean are as in the token. The texts of a list are separated by commas; <c>,</c> and <c>%</c> in them are
    /// percent-encoded, so that different lists have different texts.
    /// </remarks>
    public string? Find(string name)
    {
        _values ??= Texts(); // two threads may both make them: they are equal
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

    /// <summary>True if the claim is a list, also one with dots in its name that leads into objects.</summary>
    public bool IsList(string name) =>
        (_payload.TryGetProperty(name, out var claim) ? claim : At(name.Split('.'))) is { ValueKind: JsonValueKind.Array };

    /// <summary>True if the claim is the string <paramref name="text"/>.</summary>
    public bool Is(string name, string text) =>
        _payload.TryGetProperty(name, out var claim) && claim.ValueKind == JsonValueKind.String && claim.ValueEquals(text);

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
        ? string.Join(',', value.EnumerateArray().Select(ScalarOf).Where(text => text is not null).Select(ItemOf))
        : ScalarOf(value);

    // Throws for half of a surrogate pair at any depth: nothing that reads the claims later may.
    private static void Unescape(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Unescape(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    _ = property.Name;
                    Unescape(property.Value);
                }

                break;
        }
    }

    private static string ItemOf(string? text) =>
        text!.Replace("%", "%25", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    private Dictionary<string, string> Texts()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var claim in _payload.EnumerateObject())
        {
            if (TextOf(claim.Value) is { } text)
            {
                texts.Add(claim.Name, text);
            }
        }

        return texts;
    }

    private static string? ScalarOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };
}
