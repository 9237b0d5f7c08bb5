using GatewayMesh.Proxy.RateLimiting;

namespace GatewayMesh.Proxy.Tests.RateLimiting;

public sealed class KeyHashTests
{
    [Test]
    public void Texts_and_their_boundaries_and_absence_differ()
    {
        var hashes = new[]
        {
            Of("ab", "c"), Of("a", "bc"), Of("abc"), Of("abc", ""), Of("abc", null), Of("abc\0"), Of("", "abc"), Of("abcd"), Of("abcde"),
        };
        Assert.That(hashes, Is.Unique);
        Assert.That(Of("ab", "c"), Is.EqualTo(hashes[0]));
    }

    [Test]
    public void Another_secret_gives_other_hashes()
    {
        var one = new KeyHash(1);
        var other = new KeyHash(2);
        one.Add("tenant");
        other.Add("tenant");
        Assert.That(one.End(), Is.Not.EqualTo(other.End()));
    }

    [Test]
    public void A_million_keys_collide_in_no_half()
    {
        var halves = new HashSet<ulong>();
        for (var i = 0; i < 1_000_000; i++)
        {
            var hash = new KeyHash(42);
            hash.Add((ulong)i);
            halves.Add((ulong)hash.End());
        }

        Assert.That(halves, Has.Count.EqualTo(1_000_000));
    }

    private static UInt128 Of(params string?[] parts)
    {
        var hash = new KeyHash(42);
        foreach (var part in parts)
        {
            if (part is null)
            {
                hash.AddNone();
            }
            else
            {
                hash.Add(part);
            }
        }

        return hash.End();
    }
}
