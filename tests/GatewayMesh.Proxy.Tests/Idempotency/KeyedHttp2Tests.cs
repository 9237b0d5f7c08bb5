using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Idempotency;

/// <summary>Requests with an idempotency key over HTTP/2, at either side of the callee's sidecar.</summary>
public class KeyedHttp2Tests
{
    private const int Cancel = 8;

    [Test]
    public async Task A_request_over_http_2_runs_once()
    {
        using var payments = Backend.Answering("paid", "X-Number: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n");
        await using var sidecar = await KeyedMesh.Start(payments);
        using var client = await H2Connection.To(sidecar.Inbound);

        var first = await client.Ask(Post("k1"), "10 EUR");
        var second = await client.Ask(Post("k1"), "10 EUR");
        var other = await client.Ask(Post("k1"), "20 EUR");

        Assert.That((first.Status, first.Body, first["idempotency-replayed"]), Is.EqualTo((200, "paid", default(string))));
        Assert.That((second.Status, second.Body, second["idempotency-replayed"]), Is.EqualTo((200, "paid", "true")));
        Assert.That((second["x-number"], other.Status, payments.Executed), Is.EqualTo(("1", 422, 1)));
        Assert.That(second.Head.Values("set-cookie"), Is.EqualTo(new[] { "a=1", "b=2" }));
    }

    [Test]
    public async Task A_request_at_an_application_that_speaks_http_2_runs_once_also_for_a_client_with_http_1()
    {
        using var payments = H2Backend.Answering("paid", null, ("x-number", "1"));
        await using var sidecar = await KeyedMesh.Start(payments.HostPort, protocol: "http2");
        using var two = await H2Connection.To(sidecar.Inbound);
        using var one = await sidecar.Connect();

        var first = await one.Ask(KeyedMesh.Post("k1"));
        var second = await two.Ask(Post("k1"), "10 EUR");
        var third = await one.Ask(KeyedMesh.Post("k1"));

        Assert.That((first.Status, first.Body, first["Idempotency-Replayed"]), Is.EqualTo((200, "paid", default(string))));
        Assert.That((second.Status, second.Body, second["idempotency-replayed"]), Is.EqualTo((200, "paid", "true")));
        Assert.That((third.Body, third["X-Number"], third["Idempotency-Replayed"]), Is.EqualTo(("paid", "1", "true")));
        Assert.That(payments.Executed, Is.EqualTo(1));
    }

    [Test]
    public async Task A_client_that_resets_its_stream_does_not_end_its_request()
    {
        using var payments = new Backend();
        await using var sidecar = await KeyedMesh.Start(payments);
        using var client = await H2Connection.To(sidecar.Inbound);
        var stream = await client.Request(Post("k1"), end: false);
        await client.Data(stream, "10 EUR", end: true);
        using var upstream = await payments.NextConnection();
        await upstream.ReadMessage(isResponse: false);

        await client.Reset(stream, Cancel);
        var again = client.Ask(Post("k1"), "10 EUR");
        await upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
        await upstream.Send("paid");

        Assert.That(((await again).Body, (await again)["idempotency-replayed"]), Is.EqualTo(("paid", "true")));
        Assert.That(payments.Connections, Is.EqualTo(1));
    }

    [Test]
    public async Task A_response_over_http_2_that_is_too_large_passes_and_is_not_kept()
    {
        var large = new string('x', 30_000);
        using var payments = Backend.Answering(large);
        await using var sidecar = await KeyedMesh.Start(payments, KeyedMesh.On with { MaxAnswerSize = 1024 });
        using var client = await H2Connection.To(sidecar.Inbound);

        var first = await client.Ask(Post("k1"), "10 EUR");
        var second = await client.Ask(Post("k1"), "10 EUR");

        Assert.That((first.Status, first.Body == large), Is.EqualTo((200, true)));
        Assert.That((second.Status, payments.Executed), Is.EqualTo((409, 1)));
    }

    private static Fields Post(string key) =>
        Fields.Request("POST", "/pay", "payments", [("gatewaymesh-source", "web"), ("idempotency-key", key)]);
}
