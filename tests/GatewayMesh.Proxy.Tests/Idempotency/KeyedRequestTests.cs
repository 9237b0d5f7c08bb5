using System.Globalization;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Tests.Jwt;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Idempotency;

/// <summary>Requests with an idempotency key at the callee's sidecar, on the wire.</summary>
public class KeyedRequestTests
{
    [Test]
    public async Task A_request_runs_once_and_later_ones_get_the_kept_response()
    {
        using var payments = Numbered();
        await using var sidecar = await KeyedMesh.Start(payments);
        using var client = await sidecar.Connect();

        var first = await client.Ask(KeyedMesh.Post("k1"));
        var second = await client.Ask(KeyedMesh.Post("\"k1\""));
        var other = await client.Ask(KeyedMesh.Post("k2"));

        Assert.That((first.Status, first.Body, first["Idempotency-Replayed"]), Is.EqualTo((201, "paid 1", default(string))));
        Assert.That((second.Status, second.Body, second["Idempotency-Replayed"]), Is.EqualTo((201, "paid 1", "true")));
        Assert.That(second.Values("Set-Cookie"), Is.EqualTo(new[] { "a=1", "b=2" }));
        Assert.That(second.Values("Date"), Has.Count.EqualTo(1));
        Assert.That((other.Status, other.Body), Is.EqualTo((201, "paid 2")));
        Assert.That(payments.Executed, Is.EqualTo(2));
        Assert.That(
            sidecar.Mesh.Metrics(),
            Does.Contain("gatewaymesh_idempotency_total{service=\"payments\",outcome=\"executed\"} 2")
                .And.Contain("gatewaymesh_idempotency_total{service=\"payments\",outcome=\"replayed\"} 1"));
    }

    [Test]
    public async Task Concurrent_twins_wait_for_the_first_response()
    {
        using var payments = new Backend();
        await using var sidecar = await KeyedMesh.Start(payments);
        var first = sidecar.Ask(KeyedMesh.Post("k1"));
        using var upstream = await payments.NextConnection();
        await upstream.ReadMessage(isResponse: false);

        var twins = Enumerable.Range(0, 5).Select(_ => sidecar.Ask(KeyedMesh.Post("k1"))).ToList();
        await upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");

        Assert.That((await first).Body, Is.EqualTo("paid"));
        foreach (var twin in await Task.WhenAll(twins))
        {
            Assert.That((twin.Status, twin.Body, twin["Idempotency-Replayed"]), Is.EqualTo((200, "paid", "true")));
        }

        Assert.That(payments.Connections, Is.EqualTo(1));
    }

    [TestCase("20 EUR", "/pay")]
    [TestCase("10 EUR and more", "/pay")]
    [TestCase("10", "/pay")]
    [TestCase("10 EUR", "/refund")]
    public async Task Another_request_with_the_same_key_is_refused(string body, string path)
    {
        using var payments = Numbered();
        await using var sidecar = await KeyedMesh.Start(payments);
        await sidecar.Ask(KeyedMesh.Post("k1"));

        var other = await sidecar.Ask(KeyedMesh.Post("k1", body, path));

        Assert.That((other.Status, payments.Executed), Is.EqualTo((422, 1)));
        Assert.That(other["Proxy-Status"], Is.EqualTo("gatewaymesh; error=http_request_error; forwarded=?0; reason=idempotency_mismatch"));
        Assert.That(other.Body, Does.Contain("idempotency_mismatch"));
    }

    [Test]
    public async Task Keys_of_different_callers_and_services_never_meet()
    {
        using var payments = Numbered();
        await using var sidecar = await KeyedMesh.Start(payments);

        var one = await sidecar.Ask(KeyedMesh.Post("k1", source: "web"));
        var two = await sidecar.Ask(KeyedMesh.Post("k1", source: "shop"));

        Assert.That((one.Body, two.Body), Is.EqualTo(("paid 1", "paid 2")));
    }

    [Test]
    public async Task Clients_outside_the_mesh_are_told_apart_by_their_credentials()
    {
        using var payments = Numbered();
        await using var sidecar = await KeyedMesh.Start(payments);

        var one = await sidecar.Ask(KeyedMesh.Post("k1", source: "gatewaymesh-ingress", more: "Authorization: Bearer a\r\n"));
        var two = await sidecar.Ask(KeyedMesh.Post("k1", source: "gatewaymesh-ingress", more: "Authorization: Bearer b\r\n"));
        var again = await sidecar.Ask(KeyedMesh.Post("k1", source: "gatewaymesh-ingress", more: "Authorization: Bearer a\r\n"));

        Assert.That((one.Body, two.Body, again.Body), Is.EqualTo(("paid 1", "paid 2", "paid 1")));
    }

    [Test]
    public async Task Clients_outside_the_mesh_with_session_cookies_never_get_each_others_responses()
    {
        using var payments = Numbered();
        await using var sidecar = await KeyedMesh.Start(payments);

        var one = await sidecar.Ask(KeyedMesh.Post("k1", source: "gatewaymesh-ingress", more: "Cookie: session=a\r\n"));
        var two = await sidecar.Ask(KeyedMesh.Post("k1", source: "gatewaymesh-ingress", more: "Cookie: session=b\r\n"));
        var again = await sidecar.Ask(KeyedMesh.Post("k1", source: "gatewaymesh-ingress", more: "Cookie: session=a\r\n"));

        Assert.That((one.Body, two.Body, again.Body), Is.EqualTo(("paid 1", "paid 2", "paid 1")));
    }

    [Test]
    public async Task A_client_outside_the_mesh_keeps_its_keys_when_its_verified_token_is_renewed()
    {
        using var issuer = new TokenIssuer();
        using var payments = Numbered();
        using var folder = new TemporaryFolder();
        await using var mesh = await Mesh.Start(options => options with { KeyFolder = folder.Path });
        mesh.Service("payments", issuer.Policy() with { Idempotency = KeyedMesh.On }, payments.HostPort);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        var first = await client.Ask(With("alice", "1"));
        var renewed = await client.Ask(With("alice", "2"));
        var other = await client.Ask(With("bob", "3"));

        Assert.That((first.Body, renewed.Body, other.Body), Is.EqualTo(("paid 1", "paid 1", "paid 2")));

        string With(string subject, string id) => KeyedMesh.Post(
            "k1",
            source: "gatewaymesh-ingress",
            more: $"Authorization: Bearer {issuer.Token(change: claims => (claims["sub"], claims["jti"]) = (subject, id))}\r\n");
    }

    [Test]
    public async Task An_application_that_breaks_off_leaves_the_outcome_unknown_and_is_never_asked_again()
    {
        var executed = 0;
        using var payments = new Backend((_, connection) =>
        {
            executed++;
            connection.Dispose();
            return Task.CompletedTask;
        });
        await using var sidecar = await KeyedMesh.Start(payments);

        var first = await sidecar.Ask(KeyedMesh.Post("k1"));
        var second = await sidecar.Ask(KeyedMesh.Post("k1"));

        Assert.That((first.Status, second.Status, executed), Is.EqualTo((502, 409, 1)));
        Assert.That(
            second["Proxy-Status"],
            Is.EqualTo(
                "gatewaymesh; error=http_request_error; forwarded=?1; reason=idempotency_conflict; "
                    + "details=\"the outcome of the first request is unknown\""));
        Assert.That(second.Body, Does.Contain("idempotency_conflict"));
    }

    [Test]
    public async Task A_request_that_was_not_forwarded_leaves_its_key_free()
    {
        var port = Backend.ClosedPort();
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-keys-").FullName;
        await using var mesh = await Mesh.Start(options => options with { KeyFolder = folder });
        mesh.Service("payments", Configuration.Policies.PolicyModel.Default with { Idempotency = KeyedMesh.On }, port);
        using var client = await RawConnection.To(mesh.Inbound(port));

        Assert.That((await client.Ask(KeyedMesh.Post("k1"))).Body, Does.Contain("connection_refused"));
        Assert.That((await client.Ask(KeyedMesh.Post("k1"))).Body, Does.Contain("connection_refused"));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_idempotency_total{service=\"payments\",outcome=\"freed\"} 2"));
    }

    [Test]
    public async Task A_client_that_goes_away_does_not_end_its_request_and_finds_the_response_later()
    {
        using var payments = new Backend();
        await using var sidecar = await KeyedMesh.Start(payments);
        var gone = await sidecar.Connect();
        await gone.Send(KeyedMesh.Post("k1"));
        using var upstream = await payments.NextConnection();
        await upstream.ReadMessage(isResponse: false);

        gone.Socket.LingerState = new System.Net.Sockets.LingerOption(true, 0);
        gone.Dispose();
        var again = sidecar.Ask(KeyedMesh.Post("k1"));
        await upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
        await upstream.Send("paid");

        Assert.That(((await again).Body, (await again)["Idempotency-Replayed"]), Is.EqualTo(("paid", "true")));
        Assert.That(payments.Connections, Is.EqualTo(1));
    }

    [Test]
    public async Task A_client_that_breaks_off_its_body_has_not_begun_its_key()
    {
        using var payments = Numbered();
        await using var sidecar = await KeyedMesh.Start(payments);
        using (var gone = await sidecar.Connect())
        {
            await gone.Send("POST /pay HTTP/1.1\r\nHost: payments\r\ngatewaymesh-source: web\r\nIdempotency-Key: k1\r\nContent-Length: 6\r\n\r\n10");
        }

        Assert.That((await sidecar.Ask(KeyedMesh.Post("k1"))).Body, Is.EqualTo("paid 1"));
    }

    [Test]
    public async Task A_response_that_is_too_large_passes_and_is_not_kept()
    {
        var large = new string('x', 5000);
        using var payments = Backend.Answering(large);
        await using var sidecar = await KeyedMesh.Start(payments, KeyedMesh.On with { MaxAnswerSize = 1024 });

        var first = await sidecar.Ask(KeyedMesh.Post("k1"));
        var second = await sidecar.Ask(KeyedMesh.Post("k1"));

        Assert.That((first.Status, first.Body == large), Is.EqualTo((200, true)));
        Assert.That((second.Status, payments.Executed), Is.EqualTo((409, 1)));
    }

    [Test]
    public async Task A_large_body_passes_as_it_comes_and_is_compared_too()
    {
        var body = string.Concat(Enumerable.Range(0, 30_000).Select(i => i.ToString("d5", CultureInfo.InvariantCulture)));
        using var payments = new Backend((request, connection) => connection.Send(
            string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n{request.Body.Length}")));
        await using var sidecar = await KeyedMesh.Start(payments);

        var first = await sidecar.Ask(KeyedMesh.Post("k1", body));
        var second = await sidecar.Ask(KeyedMesh.Post("k1", body));
        var other = await sidecar.Ask(KeyedMesh.Post("k1", body[..^1] + "x"));

        Assert.That((first.Body, second.Body, second["Idempotency-Replayed"]), Is.EqualTo(("150000", "150000", "true")));
        Assert.That((other.Status, payments.Executed), Is.EqualTo((422, 1)));
    }

    [Test]
    public async Task Requests_without_a_key_or_with_a_safe_method_or_without_the_policy_run_every_time()
    {
        using var payments = Numbered();
        await using var sidecar = await KeyedMesh.Start(payments);
        await using var off = await KeyedMesh.Start(payments, IdempotencyModel.Default);

        await sidecar.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n");
        await sidecar.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n");
        await sidecar.Ask("GET / HTTP/1.1\r\nHost: payments\r\nIdempotency-Key: k1\r\n\r\n");
        await sidecar.Ask("GET / HTTP/1.1\r\nHost: payments\r\nIdempotency-Key: k1\r\n\r\n");
        await off.Ask(KeyedMesh.Post("k1"));
        await off.Ask(KeyedMesh.Post("k1"));

        Assert.That(payments.Executed, Is.EqualTo(6));
        Assert.That(payments.Last["Idempotency-Key"], Is.EqualTo("k1"), "the field is forwarded");
    }

    [Test]
    public async Task GRPC_calls_and_upgrades_run_every_time_and_keep_no_key()
    {
        using var payments = new Backend((request, connection) => connection.Send(
            request["Upgrade"] is null
                ? "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\ngrpc-status: 0\r\nContent-Length: 0\r\n\r\n"
                : "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"));
        await using var sidecar = await KeyedMesh.Start(payments);
        var call = KeyedMesh.Post("k1", more: "Content-Type: application/grpc\r\nTE: trailers\r\n");
        var upgrade = "POST /pay HTTP/1.1\r\nHost: payments\r\ngatewaymesh-source: web\r\nIdempotency-Key: k1\r\n"
            + "Connection: Upgrade\r\nUpgrade: echo\r\nContent-Length: 0\r\n\r\n";

        var answers = new List<RawMessage> { await sidecar.Ask(call), await sidecar.Ask(call) };
        for (var i = 0; i < 2; i++)
        {
            using var client = await sidecar.Connect();
            await client.Send(upgrade);
            answers.Add(new RawMessage(await client.ReadHead()));
        }

        Assert.That(answers.Select(answer => answer.Status), Is.EqualTo(new[] { 200, 200, 101, 101 }));
        Assert.That(answers.Select(answer => answer["Idempotency-Replayed"]), Is.All.Null);
        Assert.That(payments.Executed, Is.EqualTo(4));
        Assert.That(payments.Last["Idempotency-Key"], Is.EqualTo("k1"), "the field is forwarded");
        Assert.That(sidecar.Mesh.Metrics(), Does.Not.Contain("gatewaymesh_idempotency_total{"));
        Assert.That(Directory.EnumerateFileSystemEntries(sidecar.Folder), Is.Empty);
    }

    [TestCase("")]
    [TestCase("\"\"")]
    [TestCase("a b")]
    [TestCase("k1\r\nIdempotency-Key: k1")]
    [TestCase("ä")]
    public async Task A_malformed_key_is_refused(string key)
    {
        using var payments = Numbered();
        await using var sidecar = await KeyedMesh.Start(payments);

        Assert.That((await sidecar.Ask(KeyedMesh.Post(key))).Status, Is.EqualTo(400));
        Assert.That((await sidecar.Ask(KeyedMesh.Post(new string('k', 256)))).Status, Is.EqualTo(400));
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task A_request_that_waits_too_long_for_its_twin_is_refused()
    {
        using var payments = new Backend();
        await using var sidecar = await KeyedMesh.Start(payments, KeyedMesh.On with { Wait = TimeSpan.FromMilliseconds(50) });
        using var first = await sidecar.Connect();
        await first.Send(KeyedMesh.Post("k1"));
        using var upstream = await payments.NextConnection();
        await upstream.ReadMessage(isResponse: false);

        var twin = await sidecar.Ask(KeyedMesh.Post("k1"));

        Assert.That((twin.Status, twin.Body.Contains("still running", StringComparison.Ordinal)), Is.EqualTo((409, true)));
    }

    [Test]
    public async Task Kept_responses_outlive_the_sidecar()
    {
        using var payments = Numbered();
        string folder;
        await using (var before = await KeyedMesh.Start(payments))
        {
            folder = before.Folder;
            await before.Ask(KeyedMesh.Post("k1"));
        }

        await using var after = await KeyedMesh.Start(payments, folder: folder);
        var again = await after.Ask(KeyedMesh.Post("k1"));

        Assert.That((again.Body, again["Idempotency-Replayed"], payments.Executed), Is.EqualTo(("paid 1", "true", 1)));
    }

    [Test]
    public async Task An_old_and_a_new_worker_share_their_keys()
    {
        using var payments = new Backend();
        await using var old = await KeyedMesh.Start(payments);
        await using var next = await KeyedMesh.Start(payments, folder: old.Folder);
        var first = old.Ask(KeyedMesh.Post("k1"));
        using var upstream = await payments.NextConnection();
        await upstream.ReadMessage(isResponse: false);

        var twin = next.Ask(KeyedMesh.Post("k1"));
        await upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");

        Assert.That(((await first).Body, (await twin).Body, (await twin)["Idempotency-Replayed"]), Is.EqualTo(("paid", "paid", "true")));
        Assert.That(payments.Connections, Is.EqualTo(1));
    }

    [Test]
    public async Task Without_a_folder_a_request_with_a_key_is_refused_rather_than_run_without_protection()
    {
        using var payments = Numbered();
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", Configuration.Policies.PolicyModel.Default with { Idempotency = KeyedMesh.On }, payments.HostPort);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        var refused = await client.Ask(KeyedMesh.Post("k1"));

        Assert.That((refused.Status, refused["Retry-After"], payments.Executed), Is.EqualTo((503, "1", 0)));
        Assert.That(refused.Body, Does.Contain("idempotency_unavailable"));
    }

    private static Backend Numbered()
    {
        var number = 0;
        return new((_, connection) => connection.Send(
            string.Create(
                CultureInfo.InvariantCulture,
                $"HTTP/1.1 201 Created\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
                    + $"Content-Length: 6\r\n\r\npaid {Interlocked.Increment(ref number)}")));
    }
}
