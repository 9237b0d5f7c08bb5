using System.Collections.Frozen;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Jwt;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Tests.Rig;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Jwt;

/// <summary>Key sets that are new, slow, or unavailable, or whose settings change: no good token is called bad.</summary>
internal sealed class JwksChangeTests
{
    private FakeTimeProvider _time = null!;
    private MeshMetrics _metrics = null!;
    private JwksRegistry _registry = null!;
    private TokenVerifier _verifier = null!;
    private TokenIssuer _issuer = null!;
    private TaskCompletionSource _release = null!;
    private Backend _server = null!;

    [SetUp]
    public void Make()
    {
        _time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        (_metrics, _issuer) = (new MeshMetrics(), new TokenIssuer());
        _registry = new JwksRegistry(_metrics, NullLogger.Instance, _time, () => 0.5, () => ReachRules.Unbounded);
        _verifier = new TokenVerifier(_registry, _time);
        _release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server = new Backend(async (_, connection) =>
        {
            await _release.Task;
            var text = _issuer.Jwks();
            await connection.Send($"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\n\r\n{text}");
        });
    }

    [TearDown]
    public void End()
    {
        _release.TrySetResult();
        _verifier.Dispose();
        _registry.Dispose();
        _metrics.Dispose();
        _server.Dispose();
        _issuer.Dispose();
    }

    [Test]
    public async Task Every_token_waits_for_the_first_key_set()
    {
        var issuers = Issuers();
        var source = _registry.Find(issuers[0].Jwks);
        var waits = Enumerable.Range(0, 100).Select(_ => source.SeekAsync(TokenVerifier.KeyWait)).ToList();
        var checks = Enumerable.Range(0, 200).Select(i => _verifier.VerifyAsync(Token(i), issuers)!).ToList();
        await Eventually.Until("the set is fetched", () => _server.Executed > 0);
        Assert.That(waits.Any(wait => wait.IsCompleted), Is.False);

        _release.SetResult();

        Assert.That(await Task.WhenAll(waits), Is.All.True);
        Assert.That((await Task.WhenAll(checks)).Select(result => result.Fault), Is.All.Null);
    }

    [Test]
    public async Task Until_the_set_was_read_a_token_with_an_unknown_key_is_not_called_bad()
    {
        var issuers = await KnownIssuers();
        _release = new TaskCompletionSource();

        var faults = Task.WhenAll(Enumerable.Range(0, 100).Select(i => _verifier.VerifyAsync(Unknown(i), issuers)!).ToList());
        await Eventually.Until("the wait is over", () =>
        {
            _time.Advance(TokenVerifier.KeyWait);
            return faults.IsCompleted;
        });

        Assert.That((await faults).Select(result => result.Fault), Is.All.EqualTo(TokenFault.NoKeys));
        _release.SetResult();
        await Eventually.Until("the set was read", async () =>
        {
            _time.Advance(JwksSource.SeekPeriod);
            return (await _verifier.VerifyAsync(Unknown(0), issuers)!).Fault == TokenFault.Key;
        });
    }

    [Test]
    public async Task While_the_issuer_is_down_a_token_with_an_unknown_key_is_not_called_bad()
    {
        var issuers = await KnownIssuers();
        _server.Dispose();

        Assert.That((await _verifier.VerifyAsync(Unknown(0), issuers)!).Fault, Is.EqualTo(TokenFault.NoKeys));
        Assert.That((await _verifier.VerifyAsync(Unknown(1), issuers)!).Fault, Is.EqualTo(TokenFault.NoKeys), "in the next 5 s");
        Assert.That((await _verifier.VerifyAsync(Token(1), issuers)!).Fault, Is.Null, "a known key");
    }

    [Test]
    public async Task Another_refresh_or_timeout_takes_no_key_away_while_the_issuer_hangs()
    {
        var before = await KnownIssuers();
        var kept = Token(0);
        Assert.That((await _verifier.VerifyAsync(kept, before)!).Fault, Is.Null);
        _release = new TaskCompletionSource();

        var changed = Issuers(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30));
        Use(changed);

        Assert.That(_verifier.Check(kept, changed) is { Fault: null }, Is.True, "the kept token");
        Assert.That((await _verifier.VerifyAsync(Token(1), changed)!).Fault, Is.Null, "another token");
        await Eventually.Until("the set is read at once with the new settings", () => _server.Executed == 2);
        Assert.That(_registry.Find(changed[0].Jwks), Is.SameAs(_registry.Find(before[0].Jwks)));
    }

    [Test]
    public async Task Policies_with_the_same_source_share_its_keys_and_the_shortest_refresh()
    {
        var rare = Issuers(TimeSpan.FromHours(24));
        var often = Issuers(TimeSpan.FromMinutes(1));
        _release.SetResult();
        _registry.Start(new MeshSnapshot
        {
            Revision = "r",
            Policy = PolicyModel.Default with { Jwt = new JwtModel { Issuers = rare } },
            JwtProviders = Providers(often[0]),
        });
        await Eventually.Until("the set is read", () => _registry.Find(rare[0].Jwks).Keys is not null);
        var started = _time.GetUtcNow();

        Assert.That(_registry.Find(rare[0].Jwks), Is.SameAs(_registry.Find(often[0].Jwks)));
        await Eventually.Until("the set is read again", () =>
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            return _server.Executed > 1;
        });
        Assert.That(_time.GetUtcNow() - started, Is.LessThan(TimeSpan.FromHours(24)));
    }

    [Test]
    public async Task A_service_that_has_no_instance_for_a_moment_keeps_its_keys()
    {
        var issuers = await KnownIssuers();
        var source = _registry.Find(issuers[0].Jwks);
        var policy = PolicyModel.Default with { Jwt = new JwtModel { Issuers = issuers } };

        _registry.EndAllBut(new MeshSnapshot
        {
            Revision = "r",
            Policies = new Dictionary<string, PolicyModel> { ["payments"] = policy }.ToFrozenDictionary(),
        });

        Assert.That(_registry.Find(issuers[0].Jwks), Is.SameAs(source));
    }

    [Test]
    public async Task A_bad_token_at_another_location_does_not_make_an_unverified_one_bad()
    {
        using var backend = Backend.Answering("ok");
        using var other = new TokenIssuer();
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", _issuer.Policy(jwt => jwt with
        {
            Issuers =
            [
                Issuers()[0],
                new JwtIssuerModel { Jwks = new JwksModel { Inline = other.Jwks() }, Locations = [new(TokenPlace.Cookie, "session")] },
            ],
        }));
        using var client = await RawConnection.To(mesh.Inbound(backend.HostPort));

        var answer = await client.Ask(
            $"GET / HTTP/1.1\r\nHost: payments\r\nAuthorization: Bearer {_issuer.Token()}\r\nCookie: session={_issuer.Token()}\r\n\r\n");

        Assert.That((answer.Status, backend.Executed), Is.EqualTo((503, 0)), answer.Body);
    }

    private string Token(int id) => _issuer.Token("ES256", change: claims => claims["jti"] = $"{id}");

    private string Unknown(int id) => _issuer.Token("ES256", change: claims => claims["jti"] = $"{id}", header: head => head["kid"] = "new");

    // Issuers in use whose keys were read once, by the source itself.
    private async Task<ImmutableArray<JwtIssuerModel>> KnownIssuers()
    {
        var issuers = Issuers();
        _release.SetResult();
        Use(issuers);
        await Eventually.Until("the set is read", () => _registry.Find(issuers[0].Jwks).Keys is not null);
        return issuers;
    }

    private void Use(ImmutableArray<JwtIssuerModel> issuers)
    {
        var snapshot = new MeshSnapshot { Revision = "r", JwtProviders = Providers(issuers[0]) };
        _registry.Start(snapshot);
        _registry.EndAllBut(snapshot);
    }

    private static FrozenDictionary<string, JwtIssuerModel> Providers(JwtIssuerModel issuer) =>
        new Dictionary<string, JwtIssuerModel> { ["okta"] = issuer }.ToFrozenDictionary();

    // The timeout is longer than a test moves the clock.
    private ImmutableArray<JwtIssuerModel> Issuers(TimeSpan? refresh = null, TimeSpan? timeout = null) =>
    [
        new JwtIssuerModel
        {
            Issuer = TokenIssuer.Name,
            Jwks = new JwksModel
            {
                Url = $"http://{_server.Address}/jwks.json",
                Timeout = timeout ?? TimeSpan.FromHours(1),
                Refresh = refresh ?? TimeSpan.FromMinutes(5),
            },
        },
    ];
}
