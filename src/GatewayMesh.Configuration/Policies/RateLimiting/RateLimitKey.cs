using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.RateLimiting;

/// <summary>An item of <c>by</c>: a part of the request. Requests that differ in a part have different buckets.</summary>
/// <param name="From">Source of the value.</param>
/// <param name="Name">Name of the header field in lower case, or of the claim; empty for the other sources.</param>
public sealed record RateLimitKey(RateLimitKeySource From, string Name)
{
    private const string Header = "header:";
    private const string Claim = "claim:";
    private const string Fix = "use source, address, path, method, header:NAME or claim:NAME";

    /// <summary>An item as text.</summary>
    internal static ScalarType<RateLimitKey> Type { get; } = new(Fix, Read);

    /// <inheritdoc/>
    public override string ToString() => From switch
    {
        RateLimitKeySource.Header => Header + Name,
        RateLimitKeySource.Claim => Claim + Name,
        _ => From.ToString().ToLowerInvariant(),
    };

    private static Scalar<RateLimitKey> Read(string text) => text switch
    {
        "source" => Scalar.Good(new RateLimitKey(RateLimitKeySource.Source, "")),
        "address" => Scalar.Good(new RateLimitKey(RateLimitKeySource.Address, "")),
        "path" => Scalar.Good(new RateLimitKey(RateLimitKeySource.Path, "")),
        "method" => Scalar.Good(new RateLimitKey(RateLimitKeySource.Method, "")),
        _ when text.StartsWith(Header, StringComparison.Ordinal) => IsToken(text.AsSpan(Header.Length))
            ? Scalar.Good(new RateLimitKey(RateLimitKeySource.Header, text[Header.Length..].ToLowerInvariant()))
            : Scalar.Bad<RateLimitKey>($"{Quoted.Of(text)} has no name of a header field", "use a name such as header:x-tenant"),
        _ when text.StartsWith(Claim, StringComparison.Ordinal) => text.Length > Claim.Length
            ? Scalar.Good(new RateLimitKey(RateLimitKeySource.Claim, text[Claim.Length..]))
            : Scalar.Bad<RateLimitKey>($"{Quoted.Of(text)} has no name of a claim", "use a name such as claim:sub"),
        _ => Scalar.Bad<RateLimitKey>($"{Quoted.Of(text)} is not a part of a request", Fix),
    };

    // RFC 9110 §5.6.2.
    internal static bool IsToken(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return !name.IsEmpty;
    }
}
