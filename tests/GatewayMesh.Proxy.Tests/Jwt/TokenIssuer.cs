using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Jwt;

namespace GatewayMesh.Proxy.Tests.Jwt;

/// <summary>An issuer with one key for each algorithm, which signs whatever a test asks for.</summary>
internal sealed class TokenIssuer : IDisposable
{
    public const string Name = "https://issuer.test";

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly EdDsaSigner _ed = new();
    private readonly string _suffix;

    /// <param name="suffix">End of the key IDs.</param>
    public TokenIssuer(string suffix = "1") => _suffix = suffix;

    public RSA Rsa => _rsa;

    /// <summary>The key set.</summary>
    public string Jwks(params JsonObject[] more)
    {
        var rsa = _rsa.ExportParameters(false);
        var ec = _ec.ExportParameters(false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(
                [
                    new JsonObject { ["kty"] = "oct", ["kid"] = "shared", ["k"] = "AAAA" },
                    new JsonObject { ["kty"] = "RSA", ["kid"] = Id("RS256"), ["n"] = Text(rsa.Modulus!), ["e"] = Text(rsa.Exponent!) },
                    new JsonObject
                    {
                        ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = Id("ES256"), ["x"] = Text(ec.Q.X!), ["y"] = Text(ec.Q.Y!),
                    },
                    new JsonObject { ["kty"] = "OKP", ["crv"] = "Ed25519", ["kid"] = Id("EdDSA"), ["x"] = Text(_ed.Point) },
                    .. more,
                ]),
        }.ToJsonString();
    }

    public string Id(string algorithm) => $"{algorithm}-{_suffix}";

    /// <summary>Claims of a good token.</summary>
    public static JsonObject Claims(DateTimeOffset? now = null) => new()
    {
        ["iss"] = Name,
        ["sub"] = "alice",
        ["aud"] = new JsonArray("other", "payments"),
        ["exp"] = (now ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds() + 600,
        ["role"] = new JsonArray("user"),
    };

    /// <summary>Signs a token.</summary>
    /// <param name="algorithm">Algorithm of the signature and, unless changed, in the header.</param>
    /// <param name="change">Changes the claims.</param>
    /// <param name="header">Changes the header.</param>
    public string Token(string algorithm = "RS256", Action<JsonObject>? change = null, Action<JsonObject>? header = null)
    {
        var head = new JsonObject { ["alg"] = algorithm, ["kid"] = Id(algorithm), ["typ"] = "JWT" };
        header?.Invoke(head);
        var claims = Claims();
        change?.Invoke(claims);
        return Sign(algorithm, head.ToJsonString(), claims.ToJsonString());
    }

    /// <summary>Signs these texts.</summary>
    public string Sign(string algorithm, string header, string payload)
    {
        var input = $"{Text(Encoding.UTF8.GetBytes(header))}.{Text(Encoding.UTF8.GetBytes(payload))}";
        var bytes = Encoding.ASCII.GetBytes(input);
        return $"{input}.{Text(algorithm switch
        {
            "RS256" => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "ES256" => _ec.SignData(bytes, HashAlgorithmName.SHA256),
            "EdDSA" => _ed.Sign(bytes),
            "HS256" => HMACSHA256.HashData(Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem()), bytes),
            _ => [],
        })}";
    }

    /// <summary>A policy that accepts this issuer's tokens for the audience <c>payments</c>.</summary>
    public PolicyModel Policy(Func<JwtModel, JwtModel>? with = null, JwksModel? jwks = null)
    {
        var jwt = new JwtModel
        {
            Issuers = [new JwtIssuerModel { Issuer = Name, Audiences = ["payments"], Jwks = jwks ?? new JwksModel { Inline = Jwks() } }],
        };
        return PolicyModel.Default with { Jwt = with?.Invoke(jwt) ?? jwt };
    }

    public static ImmutableSortedDictionary<string, string> Map(params (string Name, string Value)[] pairs) =>
        pairs.ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);

    public void Dispose()
    {
        _rsa.Dispose();
        _ec.Dispose();
        _ed.Dispose();
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
