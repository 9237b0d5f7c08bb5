using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>
/// Only the <c>chunked</c> transfer coding (RFC 9112 §6.1) is forwarded: another coding is rejected, never dropped with its body passed on.
/// </summary>
public class TransferCodingTests
{
    private const string Chunks = "5\r\n12345\r\n0\r\n\r\n";

    [Test]
    public async Task A_coding_in_addition_to_chunked_is_501_and_the_connection_is_closed(
        [ValueSource(typeof(OneListener), nameof(OneListener.Kinds))] ListenerKind kind)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(kind, payments.HostPort);

        foreach (
            var codings in (string[])[
                "gzip, chunked", "gzip\r\nTransfer-Encoding: chunked", "identity, chunked", "chunked, chunked", "x, , chunked"])
        {
            using var client = await listener.Connect();
            var answer = await client.Ask($"POST / HTTP/1.1\r\n{listener.Lines}Transfer-Encoding: {codings}\r\n\r\n{Chunks}");
            Assert.That(answer.Status, Is.EqualTo(codings == "chunked, chunked" ? 400 : 501), codings);
            Assert.That(await client.IsEnded(), codings);
        }

        Assert.That(payments.Executed, Is.Zero);
        Assert.That(listener.Evidence(), Is.EqualTo((0, 0)));
    }

    [TestCase("Chunked")]
    [TestCase(" , chunked ,")]
    public async Task Chunked_alone_is_accepted_in_every_spelling(string codings)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        Assert.That(
            (await client.Ask($"POST / HTTP/1.1\r\n{listener.Lines}Transfer-Encoding: {codings}\r\n\r\n{Chunks}")).Status, Is.EqualTo(200));
        Assert.That(payments.Last.Body, Is.EqualTo("12345"));
    }

    [TestCase("gzip, chunked", "a transfer coding other than chunked")]
    [TestCase("gzip\r\nTransfer-Encoding: chunked", "a transfer coding other than chunked")]
    [TestCase("identity", "a last transfer coding other than chunked")]
    [TestCase("gzip", "a last transfer coding other than chunked")]
    [TestCase("chunked, chunked", "a last transfer coding other than chunked")]
    public async Task A_coding_in_addition_to_chunked_in_a_response_is_502(string codings, string details)
    {
        using var payments = Backend.BytesAndEnd($"HTTP/1.1 200 OK\r\nTransfer-Encoding: {codings}\r\n\r\n{Chunks}");
        await using var listener = await OneListener.Start(ListenerKind.Inbound, payments.HostPort);
        using var one = await listener.Connect();
        using var two = await listener.ConnectHttp2();

        var answer = await one.Ask($"GET / HTTP/1.1\r\n{listener.Lines}\r\n");
        Assert.That(
            (answer.Status, answer["Proxy-Status"]),
            Is.EqualTo(
                (502, "gatewaymesh; error=http_protocol_error; forwarded=?1; reason=upstream_protocol; details=\"" + details + "\"")));
        Assert.That((await two.Ask(listener.Head("GET", "/"))).Status, Is.EqualTo(502));
    }

    [Test]
    public async Task A_transfer_coding_in_an_HTTP_2_response_is_502()
    {
        using var payments = H2Backend.Answering("paid", null, ("transfer-encoding", "chunked"));
        await using var listener = await OneListener.Start(ListenerKind.Inbound, payments.HostPort, "http2");
        using var client = await listener.Connect();

        Assert.That((await client.Ask($"GET / HTTP/1.1\r\n{listener.Lines}\r\n")).Status, Is.EqualTo(502));
    }
}
