using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Policies.Jwt;

namespace GatewayMesh.Configuration.Entries.Tokens;

/// <summary>
/// <c>kind: jwt-provider</c>, as in Consul 1.16 and later: an issuer of tokens that intentions name.
/// </summary>
public sealed record JwtProviderEntry : ConfigEntry
{
    private static readonly ScalarType<string> Base64 = new("use a key set in base64", text =>
        text.Length <= 131_072 && Convert.TryFromBase64String(text, new byte[text.Length], out _)
            ? Scalar.Good(text)
            : Scalar.Bad<string>("is not base64", "encode the key set: base64 -w0 jwks.json"));

    private static readonly ScalarType<string> Url = new("use a URL, such as https://issuer.example/jwks.json", text =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.UserInfo.Length == 0
            ? Scalar.Good(text)
            : Scalar.Bad<string>($"{Quoted.Of(text)} is not a URL", "use a URL, such as https://issuer.example/jwks.json"));

    // As in Consul: the application does not receive the field unless a location says so.
    private static readonly ImmutableArray<TokenLocation> DefaultLocations =
    [
        new TokenLocation(TokenPlace.Header, "authorization") { Prefix = "Bearer " },
        new TokenLocation(TokenPlace.Query, "access_token"),
    ];

    /// <inheritdoc/>
    public override string Kind => "jwt-provider";

    /// <summary>The issuer and its keys.</summary>
    public JwtIssuerModel Issuer { get => field ?? new(); init; } = new();

    internal static JwtProviderEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        _ = reader.Map("meta");
        _ = reader.Has("cacheConfig"); // the bound of kept tokens is fixed
        var locations = TokenLocation.BindAll(reader);
        var keys = reader.Has("JSONWebKeySet") || !reader.Has("jsonWebKeySet") ? "JSONWebKeySet" : "jsonWebKeySet";
        var issuer = new JwtIssuerModel
        {
            Issuer = reader.Optional("issuer", ScalarTypes.Text, ""),
            Audiences = reader.List("audiences", ScalarTypes.Text),
            ClockSkew = TimeSpan.FromSeconds(reader.Optional("clockSkewSeconds", ScalarTypes.Number(0, 600), 30)),
            Jwks = reader.Section(keys, BindKeys),
            Locations = locations.IsEmpty ? DefaultLocations : locations,
            Forwarding = TokenForwarding.BindOrNull(reader),
        };
        issuer.Check(reader);
        return new JwtProviderEntry { Name = name, Origin = origin, Issuer = issuer };
    }

    private static JwksModel BindKeys(MappingReader reader)
    {
        if (reader.Has("local") == reader.Has("remote"))
        {
            reader.Fail("has not exactly one of local and remote", "name the keys: remote: { uri: https://issuer.example/jwks.json }");
        }

        return reader.Has("local") ? reader.Section("local", BindLocal) : reader.Section("remote", BindRemote);
    }

    private static JwksModel BindLocal(MappingReader reader)
    {
        var key = reader.Has("JWKS") || !reader.Has("jwks") ? "JWKS" : "jwks";
        if (reader.Has(key) == reader.Has("filename"))
        {
            reader.Fail("has not exactly one of jwks and filename", "keep one of them");
        }

        var text = reader.Optional(key, Base64, "");
        return new JwksModel
        {
            File = reader.Optional("filename", JwksModel.AbsolutePath, ""),
            Inline = text.Length == 0 ? "" : Encoding.UTF8.GetString(Convert.FromBase64String(text)),
        };
    }

    private static JwksModel BindRemote(MappingReader reader)
    {
        foreach (var key in (ReadOnlySpan<string>)["useSNI", "jwksCluster", "JWKSCluster", "retryPolicy", "fetchAsynchronously"])
        {
            _ = reader.Has(key); // keys are always fetched in the background, by a client of the mesh
        }

        var uri = reader.Has("URI") || !reader.Has("uri") ? "URI" : "uri";
        var refresh = reader.OrNull("cacheDuration", GoDuration.Type) ?? TimeSpan.FromMinutes(5);
        return new JwksModel
        {
            Url = reader.Required(uri, Url) ?? "",
            Refresh = refresh < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : refresh,
            Timeout = TimeSpan.FromMilliseconds(reader.Optional("requestTimeoutMs", ScalarTypes.Number(1, 30_000), 2000)),
        };
    }
}
