using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Jwt;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Jwt;

internal sealed class VerifiedClaimsTests
{
    [TestCase("sub", "alice")]
    [TestCase("level", "3")]
    [TestCase("admin", "true")]
    [TestCase("roles", "a,b")]
    [TestCase("realm.roles", "x,y")]
    [TestCase("dotted.name", "z")]
    [TestCase("realm", null)]
    [TestCase("missing", null)]
    [TestCase("missing.name", null)]
    [TestCase("sub.name", null)]
    public void A_claim_is_found_by_its_name_or_path(string name, string? value) =>
        Assert.That(
            Read("""{"sub":"alice","level":3,"admin":true,"roles":["a","b",{}],"realm":{"roles":["x","y"]},"dotted.name":"z"}""")!.Find(name),
            Is.EqualTo(value));

    [TestCase("""["user,admin"]""", "user%2Cadmin")]
    [TestCase("""["user","admin"]""", "user,admin")]
    [TestCase("""["user%2Cadmin"]""", "user%252Cadmin")]
    [TestCase("""["100%"," é"]""", "100%25, %C3%A9")]
    [TestCase("\"user,admin 100%\"", "user,admin 100%25")]
    public void Different_lists_are_different_in_a_field(string groups, string value)
    {
        var fields = new FieldTable();
        var model = new JwtModel { Forward = ImmutableSortedDictionary<string, string>.Empty.Add("x-groups", "groups") };

        ClaimFields.Set(model, Read($$"""{"groups":{{groups}}}""")!, fields);

        Assert.That(fields["x-groups"].ToString(), Is.EqualTo(value));
    }

    [TestCase("\"https://issuer\"", true)]
    [TestCase("""["https://issuer"]""", false)]
    [TestCase("7", false)]
    public void Only_a_string_is_an_issuer(string issuer, bool isIt) =>
        Assert.That(Read($$"""{"iss":{{issuer}}}""")!.Is("iss", "https://issuer"), Is.EqualTo(isIt));

    [TestCase(VerifiedClaims.MaxClaims, true)]
    [TestCase(VerifiedClaims.MaxClaims + 1, false)]
    public void A_token_has_a_bounded_number_of_claims(int count, bool isRead) =>
        Assert.That(
            Read($$"""{{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"c{i}\":1"))}}}""") is not null, Is.EqualTo(isRead));

    [TestCase("sub", "alice", true)]
    [TestCase("sub", "Alice", false)]
    [TestCase("roles", "b", true)]
    [TestCase("roles", "a,b", false)]
    [TestCase("scope", "read", true)]
    [TestCase("scope", "rea", false)]
    [TestCase("level", "3", true)]
    [TestCase("missing", "", false)]
    public void A_claim_has_a_value(string name, string value, bool has) =>
        Assert.That(
            Read("""{"sub":"alice","level":3,"roles":["a","b"],"scope":"read write"}""")!.Has([name], value), Is.EqualTo(has));

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("""{"sub":"a","sub":"b"}""")]
    [TestCase("""{"a":{"b":1,"b":2}}""")]
    [TestCase("""{"sub":"\ud800"}""")]
    [TestCase("""{"realm":{"roles":["\ud800"]}}""")]
    [TestCase("""{"a":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}""")]
    public void A_payload_that_readers_could_read_differently_has_no_claims(string payload) => Assert.That(Read(payload), Is.Null);

    private static VerifiedClaims? Read(string payload) => VerifiedClaims.Read(Encoding.UTF8.GetBytes(payload));
}
