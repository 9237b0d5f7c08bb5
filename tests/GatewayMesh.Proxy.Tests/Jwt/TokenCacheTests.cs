using System.Globalization;
using GatewayMesh.Proxy.Jwt;
using Microsoft.IdentityModel.Tokens;

namespace GatewayMesh.Proxy.Tests.Jwt;

internal sealed class TokenCacheTests
{
    private static readonly Jwk Key = new("1", "RS256", new JsonWebKey(), "RSA");

    [Test]
    public void The_least_recently_used_tokens_go_first()
    {
        var cache = new TokenCache();
        Add(cache, 0, length: 100);
        for (var i = 1; i < TokenCache.MaxTokens; i++)
        {
            Add(cache, i, length: 100);
        }

        Assert.That(cache.Find(KeyOf(0)), Is.Not.Null, "used again");
        Add(cache, TokenCache.MaxTokens, length: 100);

        Assert.That(cache.Count, Is.EqualTo(TokenCache.MaxTokens));
        Assert.That((cache.Find(KeyOf(0)) is null, cache.Find(KeyOf(1)) is null), Is.EqualTo((false, true)));
    }

    [Test]
    public void Long_tokens_are_bounded_by_their_characters()
    {
        var cache = new TokenCache();
        for (var i = 0; i < 5_000; i++)
        {
            Add(cache, i, TokenVerifier.MaxCharacters);
        }

        Assert.That(cache.Count, Is.EqualTo(TokenCache.MaxCharacters / TokenVerifier.MaxCharacters));
    }

    private static TokenKey KeyOf(int number) => TokenKey.Of(number.ToString(CultureInfo.InvariantCulture));

    private static void Add(TokenCache cache, int number, int length) =>
        cache.Add(KeyOf(number), new VerifiedToken(VerifiedClaims.Read("{}"u8.ToArray())!, Key, length));
}
