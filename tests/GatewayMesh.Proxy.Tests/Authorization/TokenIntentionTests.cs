using System.Collections.Frozen;
using System.Collections.Immutable;
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

    [TestCase("Authorization: Bearer USER\r\nX-Workload: WORKLOAD", 200)]
    [TestCase("Authorization: Bearer USER", 403)]
    [TestCase("X-Workload: WORKLOAD", 403)]
    [TestCase("", 401)]
    [TestCase("Authorization: Bearer WORKLOAD\r\nX-Workload: USER", 401)]
    public async Task An_intention_and_its_permission_may_require_tokens_of_two_providers(string fields, int status)
    {
        using var workloads = new TokenIssuer("2");
        await using var mesh = await Start(new ServiceIntentionsEntry
        {
            Name = "payments",
            Jwt = new JwtRequirement([new RequiredProvider("okta", [])]),
            Sources =
            [
                new IntentionSource("web")
                {
                    Permissions = [new PermissionRule(IntentionAction.Allow) { Jwt = new JwtRequirement([new RequiredProvider("workloads", [])]) }],
                },
            ],
        });
        Provide(mesh, ("workloads", new JwtIssuerModel
        {
            Issuer = TokenIssuer.Name,
            Jwks = new JwksModel { Inline = workloads.Jwks() },
            Locations = [new TokenLocation(TokenPlace.Header, "x-workload")],
            Forwarding = new TokenForwarding("x-workload-claims"),
        }));

        var response = await Send(
            mesh.Inbound(_backend.HostPort),
            fields.Replace("USER", _issuer.Token(), StringComparison.Ordinal)
                .Replace("WORKLOAD", workloads.Token(), StringComparison.Ordinal)
                + (fields.Length > 0 ? "\r\n" : ""));

        Assert.That(response.Status, Is.EqualTo(status), response.Body);
        if (status == 200)
        {
            Assert.That((_backend.Last.Has("x-workload"), _backend.Last.Has("x-workload-claims")), Is.EqualTo((false, true)));
        }
    }

    [TestCase(true, 200)]
    [TestCase(false, 403)]
    public async Task A_token_that_only_the_policy_accepts_is_no_forgery_but_grants_nothing(bool isOfProvider, int status)
    {
        using var other = new TokenIssuer("2");
        await using var mesh = await Start(WithTokenOfOkta());
        mesh.Service("payments", isOfProvider ? _issuer.Policy() : other.Policy());

        var response = await Ask(mesh.Inbound(_backend.HostPort), (isOfProvider ? _issuer : other).Token());

        Assert.That(response.Status, Is.EqualTo(status), response.Body);
    }

    [Test]
    public async Task Each_token_that_the_policy_accepts_is_no_forgery_for_a_provider()
    {
        using var browsers = new TokenIssuer("2");
        ImmutableArray<TokenLocation> cookie = [new TokenLocation(TokenPlace.Cookie, "session")];
        await using var mesh = await Start(WithTokenOfOkta());
        Provide(mesh, with: okta => okta with { Locations = cookie });
        var ofBrowsers = new JwtIssuerModel
        {
            Issuer = TokenIssuer.Name,
            Jwks = new JwksModel { Inline = browsers.Jwks() },
            Locations = cookie,
        };
        mesh.Service("payments", _issuer.Policy(jwt => jwt with { Issuers = [jwt.Issuers[0], ofBrowsers] }));
        var inbound = mesh.Inbound(_backend.HostPort);

        var both = await Send(inbound, $"Authorization: Bearer {_issuer.Token()}\r\nCookie: session={browsers.Token()}\r\n");
        var forged = await Send(inbound, $"Authorization: Bearer {_issuer.Token()}\r\nCookie: session={browsers.Token("none")}AAAA\r\n");

        Assert.That((both.Status, forged.Status), Is.EqualTo((403, 401)), "the token grants nothing");
    }

    [Test]
    public async Task A_trailer_does_not_forge_the_claims_of_a_provider()
    {
        await using var mesh = await Start(WithTokenOfOkta());
        Provide(mesh, with: okta => okta with { Forwarding = new TokenForwarding("x-claims") });
        using var client = await RawConnection.To(mesh.Inbound(_backend.HostPort));

        var response = await client.Ask(
            $"POST / HTTP/1.1\r\nHost: payments\r\n{CallerByHeader.Field}: web\r\nAuthorization: Bearer {_issuer.Token()}\r\n"
                + "X-Claims: forged\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "1\r\na\r\n0\r\nX-Claims: forged\r\nx_claims: forged\r\nX-Sum: 1\r\n\r\n");

        Assert.That(response.Status, Is.EqualTo(200), response.Body);
        Assert.That(_backend.Last.Values("x-claims").Single(), Is.Not.EqualTo("forged"));
        Assert.That(_backend.Last.Trailers, Is.EqualTo(new[] { "X-Sum: 1" }));
    }

    private static ServiceIntentionsEntry WithTokenOfOkta() => new()
    {
        Name = "payments",
        Sources =
        [
            new IntentionSource("web")
            {
                Permissions = [new PermissionRule(IntentionAction.Allow) { Jwt = new JwtRequirement([new RequiredProvider("okta", [])]) }],
            },
        ],
    };

    private async Task<Mesh> Start(ServiceIntentionsEntry entry)
    {
        var mesh = await Mesh.Start(options => options with { Identity = new CallerByHeader(), EnforcesIntentions = true });
        mesh.Service("payments");
        Provide(mesh);
        mesh.Intentions(new DeclaredIntentions([entry], IntentionAction.Deny));
        return mesh;
    }

    private void Provide(Mesh mesh, Func<JwtIssuerModel, JwtIssuerModel> with) => mesh.Providers(
        new Dictionary<string, JwtIssuerModel> { ["okta"] = with(Okta()) }.ToFrozenDictionary());

    private void Provide(Mesh mesh, params (string Name, JwtIssuerModel Issuer)[] more) => mesh.Providers(
        more.Append(("okta", Okta())).ToFrozenDictionary(each => each.Item1, each => each.Item2));

    private JwtIssuerModel Okta() => new() { Issuer = TokenIssuer.Name, Jwks = new JwksModel { Inline = _issuer.Jwks() } };

    private static Task<RawMessage> Ask(IPEndPoint address, string? token, string path = "/") =>
        Send(address, token is null ? "" : $"Authorization: Bearer {token}\r\n", path);

    private static async Task<RawMessage> Send(IPEndPoint address, string fields, string path = "/")
    {
        using var client = await RawConnection.To(address);
        return await client.Ask($"GET {path} HTTP/1.1\r\nHost: payments\r\n{CallerByHeader.Field}: web\r\n{fields}\r\n");
    }
}
