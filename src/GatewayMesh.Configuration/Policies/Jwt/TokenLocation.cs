using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Headers;

namespace GatewayMesh.Configuration.Policies.Jwt;

/// <summary>A location of tokens in requests (Consul: <c>Locations</c>).</summary>
/// <param name="Place">Part of the request.</param>
/// <param name="Name">Name of the header field, query parameter, or cookie.</param>
public sealed record TokenLocation(TokenPlace Place, string Name)
{
    /// <summary>Most locations of an issuer: 8.</summary>
    public const int Max = 8;

    private static readonly ScalarType<string> Start = new("use the text before the token, such as 'Bearer '", text =>
        text.Length <= 64 && text.All(c => c is >= ' ' and <= '~')
            ? Scalar.Good(text)
            : Scalar.Bad<string>($"{Quoted.Of(text)} is not the start of a field", "use at most 64 printable ASCII characters"));

    private static readonly ScalarType<string> Parameter = ScalarTypes.Text.Where(
        text => text.Length <= 256, "is longer than 256 characters", "use a shorter name");

    private static readonly ScalarType<string> CookieName = new("use the name of a cookie, such as session", text =>
        HeaderName.IsToken(text)
            ? Scalar.Good(text)
            : Scalar.Bad<string>($"{Quoted.Of(text)} is not the name of a cookie", "use a name such as session"));

    /// <summary>
    /// <c>Authorization: Bearer</c> (RFC 6750 §2.1), which the application receives: the location of an issuer that names none.
    /// </summary>
    public static ImmutableArray<TokenLocation> Default { get; } =
        [new TokenLocation(TokenPlace.Header, "authorization") { Prefix = "Bearer ", Forward = true }];

    /// <summary>Text before the token in a header field; letters match in either case. Default: empty.</summary>
    public string Prefix { get => field ?? ""; init; } = "";

    /// <summary>True if the application receives the header field. Default: false. Query parameters and cookies stay.</summary>
    public bool Forward { get; init; }

    /// <summary>Reads <c>locations</c>.</summary>
    internal static ImmutableArray<TokenLocation> BindAll(MappingReader reader)
    {
        var locations = reader.Items("locations", Bind);
        if (locations.Length > Max)
        {
            reader.Fail("locations", $"has more than {Max} locations", "list fewer locations");
        }

        return locations;
    }

    private static TokenLocation Bind(MappingReader reader)
    {
        if (((ReadOnlySpan<bool>)[reader.Has("header"), reader.Has("queryParam"), reader.Has("cookie")]).Count(true) != 1)
        {
            reader.Fail("has not exactly one of header, queryParam, and cookie", "name one, such as cookie: { name: session }");
        }

        return reader.Has("cookie")
            ? new TokenLocation(TokenPlace.Cookie, reader.Section("cookie", section => section.Required("name", CookieName) ?? ""))
            : reader.Has("queryParam")
            ? new TokenLocation(TokenPlace.Query, reader.Section("queryParam", section => section.Required("name", Parameter) ?? ""))
            : reader.Section("header", BindHeader);
    }

    private static TokenLocation BindHeader(MappingReader reader) =>
        new(TokenPlace.Header, reader.Required("name", HeaderName.Type) ?? "")
        {
            Prefix = reader.Optional("valuePrefix", Start, ""),
            Forward = reader.Optional("forward", ScalarTypes.Flag, false),
        };
}
