using System.Text;
using GatewayMesh.Proxy.Jwt;

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
    [TestCase("""{"a":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}""")]
    public void A_payload_that_readers_could_read_differently_has_no_claims(string payload) => Assert.That(Read(payload), Is.Null);

    private static VerifiedClaims? Read(string payload) => VerifiedClaims.Read(Encoding.UTF8.GetBytes(payload));
}
