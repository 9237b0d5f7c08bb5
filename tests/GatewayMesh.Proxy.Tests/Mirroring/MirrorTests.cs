using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Mirror;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Mirroring;

/// <summary>Copies of requests on the wire: <c>web</c> calls <c>payments</c>, and <c>next</c> gets the copies.</summary>
public sealed class MirrorTests
{
    private const string Call = "GET /charges?id=7 HTTP/1.1\r\nHost: payments\r\nX-Kept: yes\r\n\r\n";
    private const string Post = "POST /charges HTTP/1.1\r\nHost: payments\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

    private static readonly MirrorModel Model = MirrorModel.Default with { Service = "next" };

    [Test]
    public async Task A_copy_has_what_the_original_has_and_a_mark_and_its_response_is_dropped()
    {
        using var payments = Backend.Answering("paid");
        using var next = Backend.Answering("dropped");
        await using var mesh = await With(payments, next.HostPort, Model);
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask(Call);
        await Copies(mesh, "answered", 1);

        Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")));
        Assert.That(next.Last.StartLine, Is.EqualTo("GET /charges?id=7 HTTP/1.1"));
        Assert.That((next.Last["Host"], next.Last["X-Kept"], next.Last["gatewaymesh-mirror"]), Is.EqualTo(("payments", "yes", "1")));
        Assert.That(next.Last["traceparent"], Is.EqualTo(payments.Last["traceparent"]));
        Assert.That(payments.Last["gatewaymesh-mirror"], Is.Null);
        Assert.That((payments.Executed, next.Executed), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task The_body_is_copied()
    {
        using var payments = Backend.Answering("paid");
        using var next = Backend.Answering("dropped");
        await using var mesh = await With(payments, next.HostPort, Model);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Ask(Post);
        await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        await Copies(mesh, "answered", 2);

        Assert.That(next.Requests.Select(request => request.Body), Is.EquivalentTo(new[] { "hello", "abcde" }));
        Assert.That(next.Requests.Select(request => request["Content-Type"]), Has.Some.EqualTo("text/plain"));
    }

    [TestCase("Content-Length: 9\r\n\r\n123456789")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n0\r\n\r\n")]
    public async Task A_larger_body_than_maxBodySize_is_not_copied(string rest)
    {
        using var payments = Backend.Answering("paid");
        using var next = Backend.Answering("dropped");
        await using var mesh = await With(payments, next.HostPort, Model with { MaxBodySize = 8 });
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask($"POST / HTTP/1.1\r\nHost: payments\r\n{rest}");
        await Copies(mesh, "too_large", 1);

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(next.Connections, Is.Zero);
    }

    [Test]
    public async Task A_body_that_the_client_breaks_off_is_not_copied()
    {
        using var payments = new Backend();
        using var next = Backend.Answering("dropped");
        await using var mesh = await With(payments, next.HostPort, Model);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 10\r\n\r\nhalf");
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();
        client.Reset();
        await Copies(mesh, "incomplete", 1);

        Assert.That(next.Connections, Is.Zero);
        Assert.That(mesh.Plane.Mesh.Limits.Find("payments")!.Mirrors, Is.Zero);
    }

    [Test]
    public async Task A_dead_target_does_not_harm_the_original()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(payments, Backend.ClosedPort(), Model);
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Post)).Body, Is.EqualTo("paid"));
        await Copies(mesh, "failed", 1);
    }

    [Test]
    public async Task A_target_that_never_answers_bounds_the_copies_and_not_the_originals()
    {
        using var payments = Backend.Answering("paid");
        using var silent = new Backend((_, _) => Task.CompletedTask);
        await using var mesh = await With(payments, silent.HostPort, Model with { MaxConcurrent = 2 });
        using var client = await RawConnection.To(mesh.Outbound());

        for (var i = 0; i < 5; i++)
        {
            Assert.That((await client.Ask(Call)).Body, Is.EqualTo("paid"));
        }

        await Copies(mesh, "limited", 3);
        Assert.That(mesh.Plane.Mesh.Limits.Find("payments")!.Mirrors, Is.EqualTo(2));
    }

    [Test]
    public async Task A_copy_ends_at_the_timeout_of_its_service()
    {
        using var payments = Backend.Answering("paid");
        using var silent = new Backend((_, _) => Task.CompletedTask);
        await using var mesh = await With(payments, silent.HostPort, Model);
        mesh.BareService(
            "next",
            "http",
            PolicyModel.Default with { Timeouts = PolicyModel.Default.Timeouts with { Request = TimeSpan.FromMilliseconds(50) } },
            silent.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Ask(Call);

        await Copies(mesh, "failed", 1);
        Assert.That(() => mesh.Plane.Mesh.Limits.Find("payments")!.Mirrors, Is.Zero.After(5000, 5));
        Assert.That(() => mesh.Plane.Inspection.Endpoints().Sum(endpoint => endpoint.InFlight), Is.Zero.After(5000, 5));
    }

    [Test]
    public async Task A_copy_is_never_copied_again_even_by_the_application_that_passes_the_mark_on()
    {
        using var payments = Backend.Answering("paid");
        using var next = Backend.Answering("dropped");
        await using var mesh = await With(payments, next.HostPort, Model);
        using var client = await RawConnection.To(mesh.Outbound());
        using var peer = await RawConnection.To(mesh.Inbound(payments.HostPort));

        await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-mirror: 1\r\n\r\n");
        Assert.That(payments.Last["gatewaymesh-mirror"], Is.EqualTo("1"));
        await peer.Ask("GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-mirror: 1\r\n\r\n");
        Assert.That(payments.Last["gatewaymesh-mirror"], Is.EqualTo("1"), "the application of the copy sees the mark");
        var malformed = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-mirror: yes\r\n\r\n");

        Assert.That(malformed.Status, Is.EqualTo(400));
        Assert.That(next.Connections, Is.Zero);
        Assert.That(mesh.Metrics(), Does.Not.Contain("gatewaymesh_mirrored_total{"));
    }

    [Test]
    public async Task A_client_outside_the_mesh_cannot_claim_the_mark()
    {
        using var payments = Backend.Answering("paid");
        using var next = Backend.Answering("dropped");
        await using var mesh = await With(payments, next.HostPort, Model);
        var address = mesh.Open(ListenerKind.Ingress, "ingress/public");
        mesh.Ingress(address.Port, ("*", "payments"));
        using var client = await RawConnection.To(address);

        await client.Ask("GET / HTTP/1.1\r\nHost: shop.example\r\ngatewaymesh-mirror: 1\r\n\r\n");
        await Copies(mesh, "answered", 1);

        Assert.That(payments.Last["gatewaymesh-mirror"], Is.Null);
        Assert.That(next.Last["gatewaymesh-mirror"], Is.EqualTo("1"));
    }

    [Test]
    public async Task Only_the_first_proxy_of_a_call_copies()
    {
        using var payments = Backend.Answering("paid");
        using var next = Backend.Answering("dropped");
        await using var mesh = await With(payments, next.HostPort, Model);
        using var peer = await RawConnection.To(mesh.Open(ListenerKind.Mesh, "mesh"));

        Assert.That((await peer.Ask(Call)).Body, Is.EqualTo("paid"));
        Assert.That(mesh.Metrics(), Does.Not.Contain("gatewaymesh_mirrored_total{"));
    }

    [Test]
    public async Task The_share_of_the_requests_is_copied()
    {
        using var payments = Backend.Answering("paid");
        using var next = Backend.Answering("dropped");
        await using var mesh = await With(payments, next.HostPort, Model with { Share = 0.25 });
        using var client = await RawConnection.To(mesh.Outbound());

        for (var i = 0; i < 400; i++)
        {
            await client.Ask(Call);
        }

        Assert.That(() => next.Executed, Is.EqualTo(100).Within(35).After(5000, 50));
    }

    [TestCase("payments", "payments-shadow")]
    [TestCase("payments:8080", "payments-shadow:8080")]
    public async Task The_suffix_is_put_behind_the_host_name(string host, string expected)
    {
        using var payments = Backend.Answering("paid");
        using var next = Backend.Answering("dropped");
        await using var mesh = await With(payments, next.HostPort, Model with { HostSuffix = "-shadow" });
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Ask($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        await Copies(mesh, "answered", 1);

        Assert.That((payments.Last["Host"], next.Last["Host"]), Is.EqualTo((host, expected)));
    }

    [Test]
    public async Task A_call_over_HTTP_2_is_copied_over_HTTP_2()
    {
        using var payments = H2Backend.Answering("paid");
        using var next = H2Backend.Answering("dropped");
        await using var mesh = await Mesh.Start();
        mesh.BareService("next", "http2", PolicyModel.Default, next.HostPort);
        mesh.BareService("payments", "http2", PolicyModel.Default with { Mirror = Model }, payments.HostPort);
        using var client = await H2Connection.To(mesh.Outbound());

        var answer = await client.Ask(
            Fields.Of((":method", "POST"), (":scheme", "http"), (":path", "/a"), (":authority", "payments")), "hello");
        await Copies(mesh, "answered", 1);

        Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")));
        Assert.That((next.Last["gatewaymesh-mirror"], next.Last[":path"]), Is.EqualTo(("1", "/a")));
    }

    [Test]
    public async Task An_upgrade_is_not_copied()
    {
        using var payments = Backend.Bytes("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        using var next = Backend.Answering("dropped");
        await using var mesh = await With(payments, next.HostPort, Model);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        await Copies(mesh, "unsuitable", 1);
    }

    [Test]
    public async Task An_unknown_service_is_counted()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(payments, payments.HostPort, Model with { Service = "gone" });
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Call)).Body, Is.EqualTo("paid"));
        await Copies(mesh, "no_instance", 1);
    }

    [TestCase("v2", "answered")]
    [TestCase("v3", "no_instance")]
    public async Task A_subset_gets_the_copies(string subset, string outcome)
    {
        using var first = Backend.Answering("v1");
        using var second = Backend.Answering("v2");
        await using var mesh = await Mesh.Start();
        mesh.Subset("payments", "v1", first.HostPort).Subset("payments", "v2", second.HostPort);
        mesh.BareService(
            "payments",
            "http",
            PolicyModel.Default with { Mirror = MirrorModel.Default with { Service = "payments", Subset = subset } },
            first.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Post)).Body, Is.EqualTo("v1"));
        await Copies(mesh, outcome, 1);

        Assert.That((first.Executed, second.Executed), Is.EqualTo((1, outcome == "answered" ? 1 : 0)), "the copy is for the subset alone");
        Assert.That(second.Requests.Select(request => request.Body), Is.All.EqualTo("hello"));
    }

    [Test]
    public async Task A_copy_is_sent_as_the_caller_and_intentions_decide_about_it()
    {
        using var payments = Backend.Answering("paid");
        using var next = Backend.Answering("dropped");
        await using var certified = new CertifiedMesh();
        var (target, inbound) = await certified.Sidecar("next", next);
        var (caller, callee, outbound) = await certified.Pair(payments.HostPort, options => options with { EnforcesIntentions = true });
        callee.Apply();
        caller.Service("next", new HostPort("127.0.0.1", inbound.Port));
        var instances = caller.Plane.Mesh.Snapshot.Services["payments"].Endpoints;
        caller.Service("payments", PolicyModel.Default with { Mirror = Model }, [.. instances]);
        using var client = await RawConnection.To(outbound);

        Assert.That((await client.Ask(Call)).Body, Is.EqualTo("paid"));
        await Copies(caller, "answered", 1);
        Assert.That(CertifiedMesh.CallersAt(target), Is.EqualTo(new[] { "web" }));

        caller.Intentions(IntentionAction.Allow, ("web", "next", IntentionAction.Deny));
        Assert.That((await client.Ask(Call)).Body, Is.EqualTo("paid"));
        await Copies(caller, "denied", 1);
        Assert.That(next.Executed, Is.EqualTo(1));
    }

    private static async Task<Mesh> With(Backend payments, HostPort next, MirrorModel model)
    {
        var mesh = await Mesh.Start();
        mesh.BareService("next", "http", PolicyModel.Default, next);
        mesh.BareService("payments", "http", PolicyModel.Default with { Mirror = model }, payments.HostPort);
        return mesh;
    }

    private static Task Copies(Mesh mesh, string outcome, int count)
    {
        Assert.That(
            mesh.Metrics,
            Does.Contain($"gatewaymesh_mirrored_total{{service=\"payments\",outcome=\"{outcome}\"}} {count}").After(10_000, 10));
        return Task.CompletedTask;
    }
}
