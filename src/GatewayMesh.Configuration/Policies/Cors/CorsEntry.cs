using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Headers;

namespace GatewayMesh.Configuration.Policies.Cors;

/// <summary>Declared <c>cors</c> of a service-policy; a null value is inherited.</summary>
public sealed record CorsEntry
{
    /// <summary>Message for credentials with an origin that all pages have.</summary>
    internal const string Conflict = "conflicts with an origin that matches all: any page could act for the user";

    /// <summary>Fix for <see cref="Conflict"/>.</summary>
    internal const string Fix = "list the origins";

    private const int MaxOrigins = 64;

    private static readonly ScalarType<string> Token = new("use a name, such as x-request-id", text =>
        HeaderName.IsToken(text) ? Scalar.Good(text) : Scalar.Bad<string>($"{Quoted.Of(text)} is not a name", "use a name such as GET"));

    private static readonly ScalarType<TimeSpan> Age = ScalarTypes.Wait.Where(
        age => age <= TimeSpan.FromDays(1), "is longer than 24h", "use a time such as 10m: browsers keep an answer at most a day");

    /// <summary><c>origins</c>: origins whose pages may call; empty turns an inherited list off.</summary>
    public ImmutableArray<CorsOrigin>? Origins { get; init; }

    /// <summary><c>methods</c>: methods that pages may use.</summary>
    public ImmutableArray<string>? Methods { get; init; }

    /// <summary><c>headers</c>: request fields that pages may send.</summary>
    public ImmutableArray<string>? Headers { get; init; }

    /// <summary><c>exposedHeaders</c>: response fields that pages may read.</summary>
    public ImmutableArray<string>? ExposedHeaders { get; init; }

    /// <summary><c>credentials</c>: pages may send cookies and other credentials.</summary>
    public bool? Credentials { get; init; }

    /// <summary><c>maxAge</c>: time for which browsers keep a preflight answer.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Location of <c>credentials</c>, or else of <c>origins</c>; not stored.</summary>
    [JsonIgnore]
    public SourceLocation CredentialsAt { get; init; }

    internal static CorsEntry Bind(MappingReader reader)
    {
        var origins = reader.Items("origins", CorsOrigin.Bind);
        if (origins.Length > MaxOrigins)
        {
            reader.Fail("origins", $"has more than {MaxOrigins} origins", "use suffix or regex");
        }

        var credentials = reader.OrNull("credentials", ScalarTypes.Flag);
        if (credentials == true && origins.Any(origin => origin.IsAny))
        {
            reader.Fail("credentials", Conflict, Fix);
        }

        return new CorsEntry
        {
            Origins = reader.Has("origins") ? origins : null,
            Methods = reader.Has("methods") ? reader.List("methods", Token) : null,
            Headers = reader.Has("headers") ? reader.List("headers", Token) : null,
            ExposedHeaders = reader.Has("exposedHeaders") ? reader.List("exposedHeaders", Token) : null,
            Credentials = credentials,
            CredentialsAt = reader.LocationOf(reader.Has("credentials") ? "credentials" : "origins"),
            MaxAge = reader.OrNull("maxAge", Age),
        };
    }
}
