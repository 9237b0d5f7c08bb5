using System.Collections.Frozen;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Tokens;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Tests.Authorization;
using GatewayMesh.Proxy.Tests.Jwt;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.FeatureFlags;

/// <summary>
/// A flag that moves requests from instances with sidecars to instances without: the caller's sidecar is the only one that can verify their
/// tokens.
/// </summary>
internal sealed class FlagTokenTests
{
    private TokenIssuer _issuer = null!;
    private Backend _v1 = null!;
    private Backend _v2 = null!;

    [SetUp]
    public void Make() => (_issuer, _v1, _v2) = (new TokenIssuer(), Backend.Answering("v1"), Backend.Answering("v2"));

    [TearDown]
    public void End()
    {
        _issuer.Dispose();
        _v1.Dispose();
        _v2.Dispose();
    }

    [Test]
    public async Task A_flag_that_chooses_instances_without_a_sidecar_evades_no_token()
    {
        await using var mesh = await Mesh.Start();
        Route(mesh, _issuer.Policy(jwt => jwt with { Forward = TokenIssuer.Map(("x-role", "sub")) })).Flags(Flags.On("next"));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Call("x-role: root\r\n"))).Status, Is.EqualTo(401));
        Assert.That(_v2.Connections, Is.Zero);
        Assert.That((await client.Ask(Call("x-role: root\r\n" + Token()))).Body, Is.EqualTo("v2"));
        Assert.That(_v2.Last.Values("x-role"), Is.EqualTo(new[] { "alice" }));
    }

    [Test]
    public async Task A_field_that_only_a_claim_may_write_chooses_no_flag_and_does_not_arrive()
    {
        await using var mesh = await Mesh.Start();
        var policy = _issuer.Policy(jwt => jwt with { Forward = TokenIssuer.Map(("x-user", "sub")), Required = false });
        Route(mesh, policy).Flags(Flags.For("next", "alice"));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Call("x-user: alice\r\n"))).Body, Is.EqualTo("v1"));
        Assert.That((await client.Ask(Call("x-user: bob\r\n" + Token()))).Body, Is.EqualTo("v2"));
        mesh.Flags(Flags.On("next"));
        Assert.That((await client.Ask(Call("x-user: alice\r\n"))).Body, Is.EqualTo("v2"));
        Assert.That(_v2.Last.Has("x-user"), Is.False);
    }

    [Test]
    public async Task A_token_that_applications_must_not_receive_does_not_reach_an_instance_that_a_flag_chooses()
    {
        await using var mesh = await Mesh.Start();
        var location = new TokenLocation(TokenPlace.Header, "x-token");
        Route(mesh, _issuer.Policy(jwt => jwt with { Issuers = [jwt.Issuers[0] with { Locations = [location] }] })).Flags(Flags.On("next"));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Call($"x-token: {_issuer.Token()}\r\n"))).Body, Is.EqualTo("v2"));
        Assert.That(_v2.Last.Has("x-token"), Is.False);
    }

    [Test]
    public async Task A_token_that_intentions_require_is_verified_for_instances_without_a_sidecar_that_a_flag_chooses()
    {
        await using var mesh = await Guarded.Start();
        Route(mesh, PolicyModel.Default).Flags(Flags.On("next")).Providers(new Dictionary<string, JwtIssuerModel>
        {
            ["okta"] = new() { Issuer = TokenIssuer.Name, Jwks = new JwksModel { Inline = _issuer.Jwks() } },
        }.ToFrozenDictionary());
        mesh.Intentions(new DeclaredIntentions(
            [
                new ServiceIntentionsEntry
                {
                    Name = "payments",
                    Jwt = new JwtRequirement([new RequiredProvider("okta", [])]),
                    Sources = [new IntentionSource("web") { Action = IntentionAction.Allow }],
                },
            ],
            IntentionAction.Deny));
        using var client = await RawConnection.To(mesh.Outbound());
        var caller = $"{CallerByHeader.Field}: web\r\n";

        Assert.That((await client.Ask(Call(caller))).Status, Is.EqualTo(401));
        Assert.That((await client.Ask(Call(caller + Token()))).Body, Is.EqualTo("v2"));
        Assert.That(_v2.Executed, Is.EqualTo(1));
    }

    // The default subset has a sidecar, the flag's subset has none.
    private Mesh Route(Mesh mesh, PolicyModel policy)
    {
        policy = policy with { Flags = [new FlagUse { Flag = "next", Subset = "v2" }] };
        return mesh.FlaggedSubset(
            "payments",
            "v2",
            Routes.Resolver(Routes.Target("v2.payments") with
            {
                Policy = policy,
                Endpoints = [new EndpointModel("payments", "payments-v2", "", _v2.HostPort, Healthy: true)],
            })).Route("payments", Routes.Resolver(Routes.Target("v1.payments", _v1.HostPort) with { Policy = policy }));
    }

    private string Token() => $"Authorization: Bearer {_issuer.Token()}\r\n";

    private static string Call(string fields) => $"GET / HTTP/1.1\r\nHost: payments\r\n{fields}\r\n";
}
