using System.Diagnostics;
using System.Net;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Jwt;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Tests.Rig;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Jwt;

/// <summary>Key sets from files and from a server that rotates, hangs, and lies.</summary>
internal sealed class JwksSourceTests
{
    private FakeTimeProvider _time = null!;
    private Logged _logs = null!;
    private MeshMetrics _metrics = null!;
    private JwksRegistry _registry = null!;
    private TokenIssuer _first = null!;
    private TokenIssuer _second = null!;

    [SetUp]
    public void Make()
    {
        _time = new FakeTimeProvider();
        _logs = new Logged();
        _metrics = new MeshMetrics();
        _registry = new JwksRegistry(_metrics, _logs.CreateLogger("jwt"), _time, () => 0.5, () => ReachRules.Unbounded);
        (_first, _second) = (new TokenIssuer("1"), new TokenIssuer("2"));
    }

    [TearDown]
    public void End()
    {
        _registry.Dispose();
        _metrics.Dispose();
        _first.Dispose();
        _second.Dispose();
        _logs.Dispose();
    }

    [Test]
    public async Task A_file_is_read_again_when_it_changes_and_the_last_good_set_stays()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "jwks.json");
        await File.WriteAllTextAsync(file, _first.Jwks());
        var source = _registry.Find(new JwksModel { File = file });
        await Has(source, "RS256-1");

        await File.WriteAllTextAsync(file, _second.Jwks()[..100]);
        await Reports("jwks_failed");
        Assert.That(Ids(source), Does.Contain("RS256-1"), "half written");

        File.Delete(file);
        await Tick();
        Assert.That(Ids(source), Does.Contain("RS256-1"), "deleted");

        await File.WriteAllTextAsync(file, _second.Jwks());
        await Has(source, "RS256-2");
        Assert.That(Ids(source), Does.Not.Contain("RS256-1"));
    }

    [Test]
    public async Task An_unknown_key_has_the_set_fetched_at_most_every_five_seconds()
    {
        var current = _first.Jwks();
        using var server = Serving(() => Answer(current));
        var source = _registry.Find(Url(server));
        await Has(source, "RS256-1");

        current = _second.Jwks();
        await source.SeekAsync(TokenVerifier.KeyWait);
        Assert.That(Ids(source), Does.Contain("RS256-2"), "rotated");

        var fetched = server.Executed;
        for (var i = 0; i < 100; i++)
        {
            await source.SeekAsync(TokenVerifier.KeyWait);
        }

        Assert.That(server.Executed, Is.EqualTo(fetched), "forged key IDs cause no load");
        _time.Advance(JwksSource.SeekPeriod);
        await source.SeekAsync(TokenVerifier.KeyWait);
        Assert.That(server.Executed, Is.EqualTo(fetched + 1));
    }

    [Test]
    public async Task A_set_is_fetched_again_in_the_background()
    {
        var current = _first.Jwks();
        using var server = Serving(() => Answer(current));
        var source = _registry.Find(Url(server));
        await Has(source, "RS256-1");
        current = _second.Jwks();

        await Eventually.Until("the set was fetched again", () =>
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            return Ids(source).Contains("RS256-2");
        });
    }

    [TestCase("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"keys\":[]}")]
    [TestCase("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")]
    [TestCase("nonsense\r\n\r\n")]
    [TestCase("")]
    public async Task A_lying_or_hanging_server_takes_no_key_away(string lie)
    {
        var current = Answer(_first.Jwks());
        using var server = Serving(() => lie.Contains("999999999", StringComparison.Ordinal) && current == lie
            ? lie + new string(' ', JwkSetReader.MaxBytes + 2)
            : current);
        var source = _registry.Find(Url(server));
        await Has(source, "RS256-1");
        current = lie;

        var seek = source.SeekAsync(TokenVerifier.KeyWait);
        await Reports("jwks_failed");
        await seek;

        Assert.That(Ids(source), Does.Contain("RS256-1"));
        Assert.That(_logs.Lines.Count(line => line.Event == "jwks_failed"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_source_that_no_policy_names_ends()
    {
        using var server = Serving(() => Answer(_first.Jwks()));
        var source = _registry.Find(Url(server));
        await Has(source, "RS256-1");

        _registry.EndAllBut(MeshSnapshot.Empty);

        Assert.That(_registry.Find(Url(server)), Is.Not.SameAs(source));
    }

    [Test]
    public async Task A_hanging_server_delays_a_request_by_half_a_second_and_known_keys_by_nothing()
    {
        using var backend = Backend.Answering("ok");
        using var server = new Backend((_, _) => Task.CompletedTask);
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", _first.Policy(jwks: Url(server)));
        var inbound = mesh.Inbound(backend.HostPort);

        var started = Stopwatch.GetTimestamp();
        var refused = await Ask(inbound, _first.Token());

        Assert.That((refused.Status, refused["Retry-After"], refused["WWW-Authenticate"]), Is.EqualTo((503, "1", default(string))));
        Assert.That(refused.Body, Does.Contain("jwt_keys_unavailable"));
        Assert.That(
            mesh.Metrics(), Does.Contain("gatewaymesh_jwt_verifications_total{service=\"payments\",outcome=\"unavailable\"} 1"));
        Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(TimeSpan.FromSeconds(5)), "the timeout of the fetch is 10 s");
        mesh.Service("payments", _first.Policy());
        Assert.That((await Ask(inbound, _first.Token())).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_token_of_a_new_key_is_accepted_at_its_first_request()
    {
        using var backend = Backend.Answering("ok");
        var current = _first.Jwks();
        using var server = Serving(() => Answer(current));
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", _first.Policy(jwks: Url(server)));
        var inbound = mesh.Inbound(backend.HostPort);
        var old = _first.Token();
        Assert.That((await Ask(inbound, old)).Status, Is.EqualTo(200));

        current = _second.Jwks();
        Assert.That((await Ask(inbound, _second.Token("ES256"))).Status, Is.EqualTo(200), "the key is fetched");
        Assert.That((await Ask(inbound, old)).Status, Is.EqualTo(401), "its key was withdrawn, although the token is kept");
    }

    [Test]
    public async Task A_restarted_node_verifies_with_the_kept_set_while_the_server_is_down()
    {
        using var folder = new TemporaryFolder();
        using var backend = Backend.Answering("ok");
        JwksModel url;
        using (var server = Serving(() => Answer(_first.Jwks())))
        {
            url = Url(server);
            await using var before = await Mesh.Start(options => options with { JwksFolder = folder["jwks"] });
            before.Service("payments", _first.Policy(jwks: url));
            Assert.That((await Ask(before.Inbound(backend.HostPort), _first.Token())).Status, Is.EqualTo(200));
            await Eventually.Until("the set is kept", () => IsKept(folder["jwks"]));
        }

        using var logs = new Logged { Min = LogLevel.Information };
        await using var mesh = await Mesh.Start(options => options with { JwksFolder = folder["jwks"], Logs = logs });
        mesh.Service("payments", _first.Policy(jwks: url));
        var inbound = mesh.Inbound(backend.HostPort);

        Assert.That((await Ask(inbound, _first.Token())).Status, Is.EqualTo(200));
        using var forger = new TokenIssuer("1");
        Assert.That((await Ask(inbound, forger.Token())).Status, Is.EqualTo(401), "a known key");
        Assert.That((await Ask(inbound, _second.Token())).Status, Is.EqualTo(503), "a key that the issuer may have added since");
        Assert.That(logs.Lines.Count(line => line.Event == "jwks_restored"), Is.EqualTo(1));
    }

    [TestCase("gatewaymesh-jwks 1 0\n", "the kept key set is not intact")]
    [TestCase("", "the kept key set is not intact")]
    public async Task A_corrupt_file_is_ignored_with_an_event_and_replaced(string text, string because)
    {
        using var folder = new TemporaryFolder();
        using var server = Serving(() => Answer(_first.Jwks()));
        new JwksFolder(folder["jwks"]).Write(Url(server).Url, "{}"u8);
        var file = Directory.GetFiles(folder["jwks"]).Single();
        await File.WriteAllTextAsync(file, text);
        using var registry = Keeping(folder);

        await Has(registry.Find(Url(server)), "RS256-1");

        Assert.That(_logs.Lines.Single(line => line.Event == "jwks_file_ignored").Line, Does.Contain(because));
        await Eventually.Until("the file is replaced", () => new FileInfo(file).Length > text.Length);
        Assert.That(new JwksFolder(folder["jwks"]).Read(Url(server).Url)!.Value.Length, Is.EqualTo(_first.Jwks().Length));
    }

    [Test]
    public async Task A_kept_set_without_a_usable_key_is_ignored()
    {
        using var folder = new TemporaryFolder();
        using var server = Serving(() => Answer(_first.Jwks()));
        new JwksFolder(folder["jwks"]).Write(Url(server).Url, "{\"keys\":[]}"u8);
        using var registry = Keeping(folder);

        await Has(registry.Find(Url(server)), "RS256-1");

        Assert.That(_logs.Lines.Count(line => line.Event == "jwks_file_ignored"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_folder_that_cannot_be_written_costs_an_event_and_no_key()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["jwks"], "a file in place of the folder");
        using var server = Serving(() => Answer(_first.Jwks()));
        using var registry = Keeping(folder);

        await Has(registry.Find(Url(server)), "RS256-1");
        await Reports("jwks_not_kept");
    }

    [Test]
    public async Task The_kept_set_of_a_source_that_no_policy_names_is_removed()
    {
        using var folder = new TemporaryFolder();
        using var server = Serving(() => Answer(_first.Jwks()));
        using var registry = Keeping(folder);
        _ = registry.Find(Url(server));
        await Eventually.Until("the set is kept", () => IsKept(folder["jwks"]));

        registry.EndAllBut(MeshSnapshot.Empty);

        Assert.That(Directory.GetFiles(folder["jwks"], "*.jwks"), Is.Empty);
    }

    private JwksRegistry Keeping(TemporaryFolder folder) =>
        new(_metrics, _logs.CreateLogger("jwt"), _time, () => 0.5, () => ReachRules.Unbounded, folder["jwks"]);

    private static bool IsKept(string folder) => Directory.Exists(folder) && Directory.GetFiles(folder, "*.jwks").Length == 1;

    private static JwksModel Url(Backend server) =>
        new() { Url = $"http://{server.Address}/jwks.json", Timeout = TimeSpan.FromSeconds(10) };

    private static Backend Serving(Func<string> answer) =>
        new((_, connection) => answer() is { Length: > 0 } text ? connection.Send(text) : Task.CompletedTask);

    private static string Answer(string text) => $"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\n\r\n{text}";

    private static async Task<RawMessage> Ask(IPEndPoint address, string token)
    {
        using var client = await RawConnection.To(address);
        return await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\nAuthorization: Bearer {token}\r\n\r\n");
    }

    private static string[] Ids(JwksSource source) => [.. source.Keys?.Keys.Select(key => key.Id ?? "") ?? []];

    private async Task Tick()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await Task.Yield();
    }

    private Task Has(JwksSource source, string id) => Eventually.Until($"the set has {id}", () =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return Ids(source).Contains(id);
    });

    private Task Reports(string name) => Eventually.Until(name, () =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(500));
        return _logs.Lines.Any(line => line.Event == name);
    });
}
