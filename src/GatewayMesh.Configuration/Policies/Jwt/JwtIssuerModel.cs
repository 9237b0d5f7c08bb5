using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Jwt;

/// <summary>An issuer of tokens: claims that identify its tokens, the keys that signed them, and their locations in requests.</summary>
public sealed record JwtIssuerModel
{
    private static readonly ScalarType<string> Algorithm = ScalarTypes.Word<string>([.. JwtAlgorithms.All.Select(each => (each, each))]);

    private static readonly ScalarType<TimeSpan> Skew =
        ScalarTypes.Wait.Where(skew => skew <= TimeSpan.FromMinutes(10), "is longer than 10m", "use 10m or less, such as 30s");

    /// <summary>Value of the claim <c>iss</c>; empty accepts any.</summary>
    public string Issuer { get => field ?? ""; init; } = "";

    /// <summary>Values of the claim <c>aud</c>, one of which a token must have. Default: none, any audience.</summary>
    public ImmutableArray<string> Audiences { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Signature algorithms. Default: RS256, ES256, and EdDSA.</summary>
    public ImmutableArray<string> Algorithms { get => field.IsDefault ? JwtAlgorithms.All : field; init; } = JwtAlgorithms.All;

    /// <summary>Difference between the clocks of issuer and proxy that is tolerated. Default: 30 s, as in Consul.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Source of the keys.</summary>
    public JwksModel Jwks { get => field ?? new(); init; } = new();

    /// <summary>Locations of tokens in requests. Default: <c>Authorization: Bearer</c>.</summary>
    public ImmutableArray<TokenLocation> Locations { get => field.IsDefaultOrEmpty ? TokenLocation.Default : field; init; }

    /// <summary>Header field with the claims, for the application. Default: null, none.</summary>
    public TokenForwarding? Forwarding { get; init; }

    /// <summary>Reports a field for the application that is also a location of tokens.</summary>
    internal void Check(MappingReader reader)
    {
        if (Forwarding is { HeaderName: var name } && IsLocation(name))
        {
            reader.Fail("forwarding", $"names {name}, which is also a location of tokens", "use another field, such as x-jwt-payload");
        }
    }

    /// <summary>True if tokens are read from the header field <paramref name="name"/>.</summary>
    internal bool IsLocation(string name) => Locations.Any(
        location => location.Place == TokenPlace.Header && location.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    internal static JwtIssuerModel Bind(MappingReader reader)
    {
        var algorithms = reader.List("algorithms", Algorithm);
        var issuer = reader.Required("issuer", ScalarTypes.Text) ?? "";
        if (!reader.Has("jwks"))
        {
            reader.Fail(
                reader.Location,
                reader.PathOf("jwks"),
                "is missing",
                "name the keys: jwks: { file: /etc/gatewaymesh/jwks.json } or jwks: { url: https://issuer.example/jwks.json }");
        }

        var model = new JwtIssuerModel
        {
            Issuer = issuer,
            Audiences = reader.List("audiences", ScalarTypes.Text),
            Algorithms = algorithms.IsEmpty ? JwtAlgorithms.All : algorithms,
            ClockSkew = reader.Optional("clockSkew", Skew, TimeSpan.FromSeconds(30)),
            Jwks = reader.Has("jwks") ? reader.Section("jwks", JwksModel.Bind) : new JwksModel(),
            Locations = TokenLocation.BindAll(reader),
            Forwarding = TokenForwarding.BindOrNull(reader),
        };
        model.Check(reader);
        return model;
    }
}
