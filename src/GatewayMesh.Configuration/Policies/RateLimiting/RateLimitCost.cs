using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.RateLimiting;

/// <summary><c>cost</c> of a rate limit: tokens that a request takes.</summary>
public sealed record RateLimitCost
{
    /// <summary>Most tokens that a request takes: 1,000,000.</summary>
    public const int Max = 1_000_000;

    private static readonly ScalarType<string> FieldName = new("use the name of a header field such as x-cost", text =>
        RateLimitKey.IsToken(text)
            ? Scalar.Good(text.ToLowerInvariant())
            : Scalar.Bad<string>($"{Quoted.Of(text)} is not the name of a header field", "use a name such as x-cost"));

    /// <summary>A request takes one token.</summary>
    public static RateLimitCost One { get; } = new();

    /// <summary>
    /// Header field with the cost, a whole number from 1 to 1,000,000; null: every request has the default cost. Default: null.
    /// </summary>
    public string? Header { get; init; }

    /// <summary>Cost of a request without a valid field. Default: 1.</summary>
    public int Default { get; init; } = 1;

    internal static RateLimitCost Bind(MappingReader reader) => new()
    {
        Header = reader.Has("header") ? reader.Required("header", FieldName) : null,
        Default = reader.Optional("default", ScalarTypes.Number(1, Max), 1),
    };
}
