using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using GatewayMesh.Configuration.Policies.Jwt;
using Microsoft.IdentityModel.Tokens;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>
/// Reads a JSON web key set (RFC 7517). Only public keys for <see cref="JwtAlgorithms"/> count; others are skipped, so a shared secret
/// (<c>kty: oct</c>) or a key for encryption never verifies a token.
/// </summary>
internal static class JwkSetReader
{
    /// <summary>Largest key set: 256 KiB.</summary>
    public const int MaxBytes = 262_144;

    private const int MinRsaBits = 2048; // RFC 7518 §3.3
    private const int MaxRsaBits = 8192; // verification takes time by the square of the length
    private const int MaxExponentBytes = 4;
    private const int MaxIdCharacters = 512;
    private const int PointBytes = 32;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Returns the usable keys; null with a fault if the text is no key set, or has no usable key.</summary>
    public static JwkSet? Read(ReadOnlyMemory<byte> json, out string fault)
    {
        fault = "";
        if (json.Length > MaxBytes)
        {
            fault = "the key set is larger than 256 KiB";
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("keys", out var keys)
                || keys.ValueKind != JsonValueKind.Array)
            {
                fault = "the text is not a key set: it has no list named keys";
                return null;
            }

            ImmutableArray<Jwk> read = [.. keys.EnumerateArray().Take(JwkSet.MaxKeys).Select(KeyOf).OfType<Jwk>()];
            fault = read.IsEmpty ? "the key set has no key for RS256, ES256, or EdDSA" : "";
            return read.IsEmpty ? null : new JwkSet(read);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            fault = "the text is not JSON";
            return null;
        }
    }

    private static Jwk? KeyOf(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object || (TextOf(key, "use") ?? "sig") != "sig" || !MayVerify(key))
        {
            return null;
        }

        var id = TextOf(key, "kid");
        var found = id?.Length > MaxIdCharacters ? null : TextOf(key, "kty") switch
        {
            "RSA" => RsaOf(key, id),
            "EC" => EcOf(key, id),
            "OKP" => EdOf(key, id),
            _ => null,
        };
        return found is null || (TextOf(key, "alg") is { } algorithm && algorithm != found.Algorithm) ? null : found;
    }

    private static Jwk? RsaOf(JsonElement key, string? id)
    {
        if (BytesOf(key, "n") is not { } modulus || BytesOf(key, "e") is not { Length: > 0 and <= MaxExponentBytes } exponent)
        {
            return null;
        }

        var first = modulus.AsSpan().IndexOfAnyExcept((byte)0);
        var bits = first < 0 ? 0 : ((modulus.Length - first) * 8) - byte.LeadingZeroCount(modulus[first]);
        var isSound = bits is >= MinRsaBits and <= MaxRsaBits
            && (modulus[^1] & 1) == 1
            && (exponent[^1] & 1) == 1
            && exponent.AsSpan().TrimStart((byte)0) is not ([] or [1]);
        return !isSound ? null : Of(
            id,
            JwtAlgorithms.Rs256,
            new JsonWebKey { Kty = "RSA", N = Base64Url.EncodeToString(modulus), E = Base64Url.EncodeToString(exponent) });
    }

    private static Jwk? EcOf(JsonElement key, string? id)
    {
        if (TextOf(key, "crv") != "P-256"
            || BytesOf(key, "x") is not { Length: PointBytes } x
            || BytesOf(key, "y") is not { Length: PointBytes } y)
        {
            return null;
        }

        try
        {
            using var _ = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } });
        }
        catch (CryptographicException)
        {
            return null; // not a point of the curve
        }

        return Of(
            id,
            JwtAlgorithms.Es256,
            new JsonWebKey { Kty = "EC", Crv = "P-256", X = Base64Url.EncodeToString(x), Y = Base64Url.EncodeToString(y) });
    }

    private static Jwk? EdOf(JsonElement key, string? id) =>
        TextOf(key, "crv") == "Ed25519" && BytesOf(key, "x") is { Length: PointBytes } x
            ? new Jwk(id, JwtAlgorithms.EdDsa, new EdDsaKey(x) { KeyId = id }, $"Ed25519 {Convert.ToHexString(x)}")
            : null;

    private static Jwk Of(string? id, string algorithm, JsonWebKey key)
    {
        key.KeyId = id;
        return new Jwk(id, algorithm, key, $"{key.Kty} {key.N}{key.X} {key.E}{key.Y}");
    }

    private static bool MayVerify(JsonElement key) =>
        !key.TryGetProperty("key_ops", out var operations)
        || (operations.ValueKind == JsonValueKind.Array
            && operations.EnumerateArray().Any(each => each.ValueKind == JsonValueKind.String && each.GetString() == "verify"));

    private static string? TextOf(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? BytesOf(JsonElement key, string name)
    {
        try
        {
            return TextOf(key, name) is { Length: > 0 and <= 4096 } text ? Base64Url.DecodeFromChars(text) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
