using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Jwt;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Jwt;

/// <summary>Tokens at their locations, and requests that leave a doubt about which token is meant.</summary>
internal sealed class TokenFinderTests
{
    private const string Ambiguous = "ambiguous";

    private static readonly TokenLocation[] All =
    [
        .. TokenLocation.Default,
        new TokenLocation(TokenPlace.Header, "x-token") { Prefix = "Token " },
        new TokenLocation(TokenPlace.Query, "access_token"),
        new TokenLocation(TokenPlace.Cookie, "session"),
    ];

    [TestCase("/", "", "")]
    [TestCase("/", "Authorization: Bearer a", "a")]
    [TestCase("/", "Authorization: bearer  a ", "a")]
    [TestCase("/", "Authorization: Basic a", "")]
    [TestCase("/", "Authorization: Bearer ", "")]
    [TestCase("/", "X-Token: Token a", "a")]
    [TestCase("/", "X-Token: a", "")]
    [TestCase("/", "Cookie: session=a", "a")]
    [TestCase("/", "Cookie: x=1; session=\"a\"; xsession=b; session_2=c", "a")]
    [TestCase("/", "Cookie: x=session=a", "")]
    [TestCase("/?access_token=a", "", "a")]
    [TestCase("/?x=1&access_token=a&y", "", "a")]
    [TestCase("/?access%5Ftoken=a", "", "a")]
    [TestCase("/?access_token", "", "")]
    [TestCase("/access_token=a", "", "")]
    [TestCase("/?access_token=a", "Authorization: Bearer a", "a")]
    [TestCase("/?access_token=b", "Authorization: Bearer a", Ambiguous)]
    [TestCase("/?access_token=a&access%5ftoken=b", "", Ambiguous)]
    [TestCase("/", "Cookie: session=a; session=b", Ambiguous)]
    [TestCase("/", "Cookie: session=a|Cookie: session=b", Ambiguous)]
    [TestCase("/", "Authorization: Bearer a|Authorization: Basic b", Ambiguous)]
    [TestCase("/", "X-Token: Token a|X_Token: Token b", Ambiguous)]
    [TestCase("/", "X_Token: Token a", Ambiguous)]
    public void A_token_is_found_or_the_request_is_ambiguous(string target, string lines, string expected)
    {
        var fields = new FieldTable();
        foreach (var line in lines.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            fields.Add(line[..colon], line[(colon + 1)..].TrimStart());
        }

        var isClear = TokenFinder.TryFind(fields, target, All, out var token);

        Assert.That(isClear ? token.ToString() : Ambiguous, Is.EqualTo(expected));
    }

    [Test]
    public void A_location_that_is_not_listed_is_not_read()
    {
        var fields = new FieldTable();
        fields.Add("Cookie", "session=a");

        Assert.That(TokenFinder.TryFind(fields, "/?access_token=b", TokenLocation.Default.AsSpan(), out var token), Is.True);
        Assert.That(token.IsEmpty, Is.True);
    }
}
