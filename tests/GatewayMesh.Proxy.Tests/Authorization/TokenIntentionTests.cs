using System.Collections.Frozen;
using System.Net;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Tokens;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Tests.Jwt;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Authorization;

/// <summary>Intentions that require tokens, with Consul's schema: <c>JWT</c> of the entry and of permissions.</summary>
internal sealed class TokenIntentionTests
{
    private TokenIssuer _issuer = null!;
    private Backend _backend = null!;

    [SetUp]
    public void Make() => (_issuer, _backend) = (new TokenIssuer(), Backend.Answering("ok"));

    [TearDown]
    public void End()
    {
        _issuer.Dispose();
        _backend.Dispose();
    }

    [TestCase(null, "/", 401)]
    [TestCase("user", "/", 200)]
    [TestCase("user", "/admin", 403)]
    [TestCase("admin", "/admin", 200)]
    public async Task A_permission_needs_a_token_with_its_claims(string? role, string path, int status)
    {
        var admin = new JwtRequirement([new RequiredProvider("okta", [new RequiredClaim(["role"], "admin")])]);
        await using var mesh = await Start(new ServiceIntentionsEntry
        {
            Name = "payments",
            Jwt = new JwtRequirement([new RequiredProvider("okta", [])]),
            Sources =
            [
                new IntentionSource("web")
                {
                    Permissions =
                    [
                        new PermissionRule(IntentionAction.Allow) { PathRule = new PathRule(PathTest.Prefix, "/admin"), Jwt = admin },
                        new PermissionRule(IntentionAction.Deny) { PathRule = new PathRule(PathTest.Prefix, "/admin") },
                        new PermissionRule(IntentionAction.Allow) { PathRule = new PathRule(PathTest.Prefix, "/") },
                    ],
                },
            ],
        });

        var response = await Ask(mesh.Inbound(_backend.HostPort), role is null ? null : _issuer.Token(change: c => c["role"] = role), path);

        Assert.That(response.Status, Is.EqualTo(status), response.Body);
        Assert.That(response["WWW-Authenticate"], Is.EqualTo(status == 401 ? "Bearer" : null));
    }

    [Test]
    public async Task A_token_of_another_provider_does_not_count()
    {
        using var other = new TokenIssuer("2");
        await using var mesh = await Start(new ServiceIntentionsEntry
        {
            Name = "payments",
            Jwt = new JwtRequirement([new RequiredProvider("okta", [])]),
            Sources = [new IntentionSource("web") { Action = IntentionAction.Allow }],
        });
        var inbound = mesh.Inbound(_backend.HostPort);

        Assert.That((await Ask(inbound, other.Token())).Status, Is.EqualTo(401));
        Assert.That((await Ask(inbound, _issuer.Token("none") + "AAAA")).Status, Is.EqualTo(401));
        Assert.That((await Ask(inbound, _issuer.Token("EdDSA"))).Status, Is.EqualTo(200));
        Assert.That(_backend.Executed, Is.EqualTo(1));
    }

    private async Task<Mesh> Start(ServiceIntentionsEntry entry)
    {
        var mesh = await Mesh.Start(options => options with { Identity = new CallerByHeader(), EnforcesIntentions = true });
        mesh.Service("payments");
        mesh.Providers(new Dictionary<string, JwtIssuerModel>
        {
            ["okta"] = new() { Issuer = TokenIssuer.Name, Jwks = new JwksModel { Inline = _issuer.Jwks() } },
        }.ToFrozenDictionary());
        mesh.Intentions(new DeclaredIntentions([entry], IntentionAction.Deny));
        return mesh;
    }

    private static async Task<RawMessage> Ask(IPEndPoint address, string? token, string path = "/")
    {
        using var client = await RawConnection.To(address);
        var authorization = token is null ? "" : $"Authorization: Bearer {token}\r\n";
        return await client.Ask($"GET {path} HTTP/1.1\r\nHost: payments\r\n{CallerByHeader.Field}: web\r\n{authorization}\r\n");
    }
}
