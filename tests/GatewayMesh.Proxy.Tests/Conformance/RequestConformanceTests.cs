using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Conformance;

/// <summary>
/// Refused requests on every kind of listener: a response with its status, <c>Connection: close</c> and a clean end, and nothing that the
/// application takes for a request.
/// </summary>
[TestFixtureSource(typeof(SecuredListener), nameof(SecuredListener.Kinds))]
public sealed class RequestConformanceTests(ListenerKind kind)
{
    private const string Host = "Host: payments\r\n";

    private Backend _payments = null!;
    private SecuredListener _listener = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _payments = Backend.Answering("paid");
        _listener = await SecuredListener.Start(kind, _payments);
    }

    [SetUp]
    public void Forget() => _payments.Requests.Clear();

    [OneTimeTearDown]
    public async Task End()
    {
        await _listener.DisposeAsync();
        _payments.Dispose();
    }

    [TestCase("\r\n\r\nGET / HTTP/1.1", 400)]
    [TestCase("G@T / HTTP/1.1", 400)]
    [TestCase("G\u00C4T / HTTP/1.1", 400)]
    [TestCase(" GET / HTTP/1.1", 400)]
    [TestCase("GET", 400)]
    [TestCase("GET /", 400)]
    [TestCase("GET  HTTP/1.1", 400)]
    [TestCase("GET  / HTTP/1.1", 400)]
    [TestCase("GET /  HTTP/1.1", 400)]
    [TestCase("GET / HTTP/1.1 ", 400)]
    [TestCase("GET\t/\tHTTP/1.1", 400)]
    [TestCase("GET /a b HTTP/1.1", 400)]
    [TestCase("GET /a\tb HTTP/1.1", 400)]
    [TestCase("GET /\u00E9 HTTP/1.1", 400)]
    [TestCase("GET /\u007F HTTP/1.1", 400)]
    [TestCase("GET /\0 HTTP/1.1", 400)]
    [TestCase("GET /a#b HTTP/1.1", 400)]
    [TestCase("GET a HTTP/1.1", 400)]
    [TestCase("GET * HTTP/1.1", 400)]
    [TestCase("GET http:// HTTP/1.1", 400)]
    [TestCase("GET http://u@payments/ HTTP/1.1", 400)]
    [TestCase("GET ftp://payments/ HTTP/1.1", 400)]
    [TestCase("GET / http/1.1", 400)]
    [TestCase("GET / HTTP/1.10", 400)]
    [TestCase("GET / HTTP/0.9", 505)]
    [TestCase("GET / HTTP/2.0", 505)]
    [TestCase("PRI * HTTP/2.0", 505)]
    [TestCase("GET / HTTP/1.1\n", 400)]
    [TestCase("GET / HTTP/1.1\r", 400)]
    [TestCase("CONNECT payments:443 HTTP/1.1", 405)]
    [TestCase("CONNECT / HTTP/1.1", 405)]
    [TestCase("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00FC\u0003\u0003", 400)]
    public Task A_malformed_request_line_is_answered(string line, int status) =>
        Refuses($"{line}\r\n{Host}{_listener.Lines}\r\n", status);

    [Test]
    public Task A_request_line_over_its_limit_is_414() =>
        Refuses($"GET /{new string('a', (IsForPeers ? 24 : 8) * 1024)} HTTP/1.1\r\n{Host}{_listener.Lines}\r\n", 414);

    [TestCase("X Y: a")]
    [TestCase(": a")]
    [TestCase("X")]
    [TestCase("X\u00E9: a")]
    [TestCase("X : a")]
    [TestCase("X\t: a")]
    [TestCase("Content-Length : 5")]
    [TestCase("X: a\r\n b")]
    [TestCase("X: a\r\n\tb")]
    [TestCase("X: a\u0001b")]
    [TestCase("X: a\u007Fb")]
    [TestCase("X: \0")]
    [TestCase("X: 1\nY: 2")]
    [TestCase("X: 1\rY: 2")]
    [TestCase("Content_Length: 5")]
    [TestCase("Transfer_Encoding: chunked")]
    [TestCase("gatewaymesh_source: web")]
    [TestCase("gatewaymesh-timeout_ms: 1")]
    public Task A_malformed_field_line_is_400(string field) => Refuses($"GET / HTTP/1.1\r\n{Host}{_listener.Lines}{field}\r\n\r\n", 400);

    [Test]
    public Task More_fields_than_the_limit_are_431() =>
        Refuses($"GET / HTTP/1.1\r\n{Host}{_listener.Lines}{string.Concat(Enumerable.Repeat("X: a\r\n", IsForPeers ? 464 : 100))}\r\n", 431);

    [Test]
    public Task Fields_over_their_limit_are_431() =>
        Refuses($"GET / HTTP/1.1\r\n{Host}{_listener.Lines}X: {new string('a', (IsForPeers ? 96 : 32) * 1024)}\r\n\r\n", 431);

    [TestCase("")]
    [TestCase("Host:\r\n")]
    [TestCase("Host: \t \r\n")]
    [TestCase("Host: payments\r\nHost: payments\r\n")]
    [TestCase("Host: payments\r\nhost: orders\r\n")]
    [TestCase("Host: pay ments\r\n")]
    [TestCase("Host: payments/\r\n")]
    [TestCase("Host: u@payments\r\n")]
    [TestCase("Host: payments:x\r\n")]
    [TestCase("Host: payments:65536\r\n")]
    [TestCase("Host: [::1\r\n")]
    public async Task A_missing_repeated_empty_or_malformed_host_is_400(string fields)
    {
        await Refuses($"GET / HTTP/1.1\r\n{fields}{_listener.Lines}\r\n", 400);
        await Refuses($"GET http://payments/ HTTP/1.1\r\n{fields}{_listener.Lines}\r\n", 400);
    }

    [TestCase("Content-Length:", 400)]
    [TestCase("Content-Length: +5", 400)]
    [TestCase("Content-Length: 0x5", 400)]
    [TestCase("Content-Length: 5, 5", 400)]
    [TestCase("Content-Length: 9223372036854775808", 400)]
    [TestCase("Content-Length: 5\r\nContent-Length: 6", 400)]
    [TestCase("Content-Length: 5\r\nTransfer-Encoding: chunked", 400)]
    [TestCase("Transfer-Encoding: chunked\r\nContent-Length: 5", 400)]
    [TestCase("Transfer-Encoding:", 400)]
    [TestCase("Transfer-Encoding: gzip", 400)]
    [TestCase("Transfer-Encoding: chunked, gzip", 400)]
    [TestCase("Transfer-Encoding: chunked, chunked", 400)]
    [TestCase("Transfer-Encoding: \u000Bchunked", 400)]
    [TestCase("Transfer-Encoding: gzip, chunked", 501)]
    [TestCase("Expect: 200-ok", 417)]
    [TestCase("Expect: 100-continue, x", 417)]
    public Task Malformed_framing_is_answered(string fields, int status) =>
        Refuses($"POST / HTTP/1.1\r\n{Host}{_listener.Lines}{fields}\r\n\r\n5\r\n12345\r\n0\r\n\r\n", status);

    [Test]
    public Task A_coding_in_HTTP_1_0_is_400() =>
        Refuses($"POST / HTTP/1.0\r\n{Host}{_listener.Lines}Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n", 400);

    [TestCase("x\r\n")]
    [TestCase("\r\n")]
    [TestCase("-5\r\n12345\r\n")]
    [TestCase("0x5\r\n12345\r\n")]
    [TestCase(" 5\r\n12345\r\n")]
    [TestCase("5\n12345\r\n")]
    [TestCase("5\r\n123456\r\n")]
    [TestCase("5\r\n12345\n")]
    [TestCase("00000000000000005\r\n12345\r\n")]
    [TestCase("8000000000000000\r\n12345\r\n")]
    [TestCase("5;\r\n12345\r\n")]
    [TestCase("5;=a\r\n12345\r\n")]
    [TestCase("5;a=\"open\r\n12345\r\n")]
    [TestCase("5;a=\u0001\r\n12345\r\n")]
    [TestCase("0\r\nX : 1\r\n")]
    [TestCase("0\r\nX: 1\r\n 2\r\n")]
    [TestCase("0\r\nX: \0\r\n")]
    [TestCase("5\r\n12345\r\n5\r\n67890\r\ng\r\n")]
    public Task Malformed_chunks_are_400(string content) => RefusesContent(content, 400);

    [Test]
    public Task Chunk_extensions_over_256_bytes_are_400() => RefusesContent($"5;a={new string('x', 254)}\r\n12345\r\n", 400);

    [Test]
    public Task Chunk_extensions_of_many_small_chunks_are_400() =>
        RefusesContent(string.Concat(Enumerable.Repeat("1;a=0123456789\r\nx\r\n", 100)), 400);

    [Test]
    public Task Over_100_trailers_are_431() => RefusesContent("0\r\n" + string.Concat(Enumerable.Repeat("X: a\r\n", 101)), 431);

    [Test]
    public Task Trailers_over_32_KiB_are_431() => RefusesContent($"0\r\nX: {new string('a', 32 * 1024)}\r\n", 431);

    [TestCase(1_000)]
    [TestCase(10_000_000)]
    public async Task A_client_that_sends_its_whole_body_before_it_reads_gets_the_refusal(int size)
    {
        using var client = await _listener.Connect();

        await client.Send($"POST / HTTP/1.1\r\n{Host}{_listener.Lines}Content-Length: {size}\r\nX : malformed\r\n\r\n");
        await client.Send(new string('b', size));

        await ReadRefusal(client, 400);
    }

    [Test]
    public async Task A_client_that_goes_on_sending_after_a_malformed_chunk_gets_the_refusal()
    {
        using var client = await _listener.Connect();

        await client.Send($"POST / HTTP/1.1\r\n{Host}{_listener.Lines}Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\nmalformed\r\n");
        await client.Send(new string('b', 10_000_000));

        await ReadRefusal(client, 400);
    }

    [Test]
    public async Task A_head_in_single_bytes_is_refused_likewise()
    {
        using var client = await _listener.Connect();
        foreach (var b in $"GET / HTTP/1.1\r\n{Host}{_listener.Lines}X : malformed\r\n")
        {
            await client.Send(b.ToString());
        }

        await ReadRefusal(client, 400);
    }

    [Test]
    public async Task A_malformed_request_behind_a_good_one_is_refused_after_its_response()
    {
        using var client = await _listener.Connect();

        await client.Send($"GET /good HTTP/1.1\r\n{Host}{_listener.Lines}\r\nGET /bad HTTP/1.1\r\n{Host}X : malformed\r\n\r\n");

        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
        await ReadRefusal(client, 400);
        Assert.That(_payments.Requests.TryDequeue(out var request) ? request.Target : null, Is.EqualTo("/good"));
    }

    // The mesh may have added to a request that a peer forwards.
    private bool IsForPeers => kind is ListenerKind.Inbound or ListenerKind.Mesh;

    private Task RefusesContent(string content, int status) =>
        Refuses($"POST / HTTP/1.1\r\n{Host}{_listener.Lines}Transfer-Encoding: chunked\r\n\r\n{content}", status);

    private async Task Refuses(string request, int status)
    {
        using var client = await _listener.Connect();
        await client.Send(request);
        await ReadRefusal(client, status);
        Assert.That(_payments.Requests, Is.Empty);
    }

    private static async Task ReadRefusal(RawConnection client, int status)
    {
        var answer = await client.ReadMessage(isResponse: true);
        Assert.That((answer.Status, answer["Connection"]), Is.EqualTo((status, "close")), answer.Body);
        Assert.That(await client.ReadToEnd(), Is.Empty, "an end, not a reset");
    }
}
