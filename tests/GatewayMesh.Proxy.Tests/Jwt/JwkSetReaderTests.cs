using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GatewayMesh.Proxy.Jwt;

namespace GatewayMesh.Proxy.Tests.Jwt;

/// <summary>Only public keys that are sound and meant for signatures are read.</summary>
internal sealed class JwkSetReaderTests
{
    private static readonly string Odd = Base64Url.EncodeToString(Enumerable.Repeat((byte)0xff, 256).ToArray());

    private static IEnumerable<TestCaseData> Unusable()
    {
        static TestCaseData Case(string name, string key) => new TestCaseData(key).SetArgDisplayNames(name);
        using var weak = RSA.Create(1024);
        yield return Case("a shared secret", """{"kty":"oct","k":"AAAA"}""");
        yield return Case("an RSA key of 1024 bits", Rsa(Base64Url.EncodeToString(weak.ExportParameters(false).Modulus)));
        yield return Case("a small modulus behind zeros", Rsa(Base64Url.EncodeToString([.. new byte[300], 3])));
        yield return Case("a huge modulus", Rsa(Base64Url.EncodeToString(Enumerable.Repeat((byte)0xff, 1025).ToArray())));
        yield return Case("an even modulus", Rsa(Base64Url.EncodeToString([.. Enumerable.Repeat((byte)0xff, 255), 2])));
        yield return Case("exponent one", Rsa(Odd, "AQ"));
        yield return Case("an even exponent", Rsa(Odd, "Ag"));
        yield return Case("a long exponent", Rsa(Odd, "AQAAAAE"));
        yield return Case("a key for encryption", Rsa(Odd, "AQAB", ",\"use\":\"enc\""));
        yield return Case("a key that only signs", Rsa(Odd, "AQAB", ",\"key_ops\":[\"sign\"]"));
        yield return Case("a key for RS512", Rsa(Odd, "AQAB", ",\"alg\":\"RS512\""));
        yield return Case("a point off the curve", Point("EC", "P-256", 32));
        yield return Case("another curve", Point("EC", "P-384", 48));
        yield return Case("a short point", Point("OKP", "Ed25519", 31));
        yield return Case("a key for agreement", Point("OKP", "X25519", 32));
        yield return Case("no base64url", Rsa("+/+/"));
        yield return Case("a number", "1");
    }

    [TestCaseSource(nameof(Unusable))]
    public void An_unusable_key_is_skipped(string key)
    {
        Assert.That(Read($$"""{"keys":[{{key}}]}""", out var fault), Is.Null);
        Assert.That(fault, Does.Contain("no key"));
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"keys":{}}""")]
    [TestCase("""{"keys":[]}""")]
    [TestCase("""{"keys":[],"keys":[]}""")]
    [TestCase("<html>")]
    public void A_text_without_keys_is_refused(string text)
    {
        Assert.That(Read(text, out var fault), Is.Null);
        Assert.That(fault, Is.Not.Empty);
    }

    [Test]
    public void A_set_is_bounded_and_its_sound_keys_are_found_by_id_or_algorithm()
    {
        using var issuer = new TokenIssuer();
        using var other = new TokenIssuer("2");
        var set = Read(issuer.Jwks([.. JsonNode.Parse(other.Jwks())!["keys"]!.AsArray().Select(key => key!.DeepClone().AsObject())]), out _)!;
        Assert.That(set.Keys.Select(key => key.Id), Is.EquivalentTo(
            new[] { "RS256-1", "ES256-1", "EdDSA-1", "RS256-2", "ES256-2", "EdDSA-2" }));
        Assert.That(set.Find("ES256-2", "ES256"), Has.Length.EqualTo(1));
        Assert.That(set.Find("ES256-2", "RS256"), Is.Empty);
        Assert.That(set.Find(null, "EdDSA"), Has.Length.EqualTo(2));

        var many = string.Join(',', Enumerable.Repeat(Rsa(Odd), 300));
        Assert.That(Read($$"""{"keys":[{{many}}]}""", out _)!.Keys, Has.Length.EqualTo(JwkSet.MaxKeys));
        Assert.That(Read(new string(' ', JwkSetReader.MaxBytes + 1), out var fault), Is.Null);
        Assert.That(fault, Does.Contain("256 KiB"));
    }

    private static string Rsa(string modulus, string exponent = "AQAB", string more = "") =>
        $$"""{"kty":"RSA","n":"{{modulus}}","e":"{{exponent}}"{{more}}}""";

    private static string Point(string type, string curve, int length)
    {
        var coordinate = Base64Url.EncodeToString(Enumerable.Repeat((byte)7, length).ToArray());
        return $$"""{"kty":"{{type}}","crv":"{{curve}}","x":"{{coordinate}}","y":"{{coordinate}}"}""";
    }

    private static JwkSet? Read(string text, out string fault) => JwkSetReader.Read(Encoding.UTF8.GetBytes(text), out fault);
}
