using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace GatewayMesh.Configuration.Policies.Cors;

/// <summary>
/// Cross-origin resource sharing (Fetch Standard, "CORS protocol") at public listeners: preflight requests are answered here, and the
/// application's own CORS fields are replaced. Without origins nothing changes.
/// </summary>
public sealed record CorsModel
{
    /// <summary>The defaults.</summary>
    public static CorsModel Default { get; } = new();

    /// <summary>Origins whose pages may call. Default: none.</summary>
    public ImmutableArray<CorsOrigin> Origins { get; init; } = [];

    /// <summary>Methods that pages may use. Default: GET, HEAD, POST, PUT, PATCH, DELETE.</summary>
    public ImmutableArray<string> Methods { get; init; } = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>Request fields that pages may send besides those that are always allowed. Default: none.</summary>
    public ImmutableArray<string> Headers { get; init; } = [];

    /// <summary>Response fields that pages may read besides those that are always readable. Default: none.</summary>
    public ImmutableArray<string> ExposedHeaders { get; init; } = [];

    /// <summary>True if pages may send cookies and other credentials. Default: false.</summary>
    public bool Credentials { get; init; }

    /// <summary>Time for which browsers keep a preflight answer. Default: 10 min.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>True if origins are declared.</summary>
    [JsonIgnore]
    public bool IsOn => !Origins.IsEmpty;

    /// <summary>True if pages of <paramref name="origin"/> may call.</summary>
    public bool Allows(string origin)
    {
        foreach (var each in Origins)
        {
            if (each.Matches(origin))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// True if pages of <paramref name="origin"/> may send credentials: never because of an origin that matches all, even if such a model
    /// was merged from several policies.
    /// </summary>
    public bool AllowsCredentials(string origin)
    {
        if (Credentials)
        {
            foreach (var each in Origins)
            {
                if (!each.IsAny && each.Matches(origin))
                {
                    return true;
                }
            }
        }

        return false;
    }

    internal CorsModel Under(CorsEntry entry) => this with
    {
        Origins = entry.Origins ?? Origins,
        Methods = entry.Methods ?? Methods,
        Headers = entry.Headers ?? Headers,
        ExposedHeaders = entry.ExposedHeaders ?? ExposedHeaders,
        Credentials = entry.Credentials ?? Credentials,
        MaxAge = entry.MaxAge ?? MaxAge,
    };
}
