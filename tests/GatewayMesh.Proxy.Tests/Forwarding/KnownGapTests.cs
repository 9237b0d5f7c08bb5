using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>
/// Behavior that the server's parser or the HTTP client tolerates or hides today. Each test fails when its gap is closed; then the test
/// moves to the tests of correct behavior, and its row leaves the table in docs/limitations.md.
/// </summary>
public class KnownGapTests
{
    [Test]
    public async Task A_malformed_chunk_extension_is_accepted()
    {
        var request = await Forwarded(
            "POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\n\r\n5;=\u0001bad\r\n12345\r\n0\r\n\r\n");

        Assert.That(request?.Body, Is.EqualTo("12345"), "without the extension");
        Assert.That(request?.Head, Does.Not.Contain("bad"));
    }

    [Test]
    public async Task Request_trailers_are_dropped()
    {
        var request = await Forwarded(
            "POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\nX-Sum: 1\r\n\r\n");

        Assert.That(request?.Body, Is.EqualTo("12345"));
        Assert.That(request?.Trailers, Is.Empty);
    }

    [Test]
    public async Task Response_trailers_are_dropped()
    {
        var (answer, _) = await Exchanged(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n4\r\npaid\r\n0\r\nX-Sum: 1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(answer.Trailers, Is.Empty);
    }

    [Test]
    public async Task An_informational_response_is_not_forwarded()
    {
        var (answer, _) = await Exchanged(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid",
            "GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(200));
        Assert.That(answer.Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task A_small_expected_body_is_requested_although_the_application_refused()
    {
        var (answer, _) = await Exchanged(
            "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: payments\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(100));
    }

    [Test]
    public async Task A_half_closed_client_counts_as_disconnected()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        using var application = await payments.NextConnection();
        await application.ReadHead();
        client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);

        Assert.That(await application.IsEnded(), "although the client would still read the response");
    }

    private static async Task<RawMessage?> Forwarded(string request)
    {
        var (_, forwarded) = await Exchanged("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", request);
        return forwarded;
    }

    private static async Task<(RawMessage Answer, RawMessage? Forwarded)> Exchanged(string answer, string request)
    {
        using var payments = Backend.Bytes(answer);
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);
        var got = await client.Ask(request);
        return (got, payments.Requests.LastOrDefault());
    }
}
