using System.Collections.Immutable;
using System.Net.Sockets;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Ejection;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Conformance;

/// <summary>
/// Responses of an application behind every kind of listener. A refused one is a 502, or an aborted response if its head has left, and ends
/// the connection to the application; the client's connection continues after a 502.
/// </summary>
[TestFixtureSource(typeof(SecuredListener), nameof(SecuredListener.Kinds))]
public sealed class ResponseConformanceTests(ListenerKind kind)
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid";

    private Backend _payments = null!;
    private SecuredListener _listener = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _payments = new Backend();
        _listener = await SecuredListener.Start(kind, _payments, PolicyModel.Default with
        {
            Ejection = EjectionModel.Default with { ConsecutiveFailures = 0, Consecutive5xx = 0 },
            Retries = RetriesModel.Default with { On = ImmutableArray<RetryCondition>.Empty },
        });
    }

    [OneTimeTearDown]
    public async Task End()
    {
        await _listener.DisposeAsync();
        _payments.Dispose();
    }

    [TestCase("HTTP/1.1 20\r\n\r\n")]
    [TestCase("HTTP/1.1 2000\r\n\r\n")]
    [TestCase("HTTP/1.1 200OK\r\n\r\n")]
    [TestCase("HTTP/1.1  200 OK\r\n\r\n")]
    [TestCase("HTTP/1.1 099 OK\r\n\r\n")]
    [TestCase("HTTP/1.1 600 OK\r\n\r\n")]
    [TestCase("http/1.1 200 OK\r\n\r\n")]
    [TestCase("HTTP/2.0 200 OK\r\n\r\n")]
    [TestCase("ICY 200 OK\r\n\r\n")]
    [TestCase("\r\nHTTP/1.1 200 OK\r\n\r\n")]
    [TestCase("SSH-2.0-server\r\n")]
    [TestCase("\u0015\u0003\u0003\0\u0002\u0002\u0028")]
    [TestCase("HTTP/1.1 200 OK\n\n")]
    [TestCase("HTTP/1.1 200 O\0K\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nX : a\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nX a\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nX: a\u0001\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n12345")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n12345")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n12345")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n12345")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [TestCase("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [TestCase("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n")]
    public Task A_malformed_head_is_502(string response) => IsRefused(response);

    [Test]
    public Task A_head_over_64_KiB_is_502() => IsRefused($"HTTP/1.1 200 OK\r\nX: {new string('a', 64 * 1024)}\r\n\r\n");

    [Test]
    public async Task Over_16_interim_responses_are_502()
    {
        using var client = await _listener.Connect();
        using var application = await Ask(client);
        await application.Send(string.Concat(Enumerable.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 17)));
        for (var i = 0; i < 16; i++)
        {
            Assert.That(await client.ReadHead(), Does.StartWith("HTTP/1.1 103 "));
        }

        Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(502));
        Assert.That(await application.IsEnded());
    }

    [TestCase("Content-Length: 10\r\n\r\n12345")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\nX: 1\r\n")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n5\r\n123")]
    public async Task Content_that_breaks_off_never_looks_complete(string rest)
    {
        using var client = await _listener.Connect();
        using var application = await Ask(client);
        await application.Send("HTTP/1.1 200 OK\r\n" + rest);
        application.Socket.Shutdown(SocketShutdown.Send);

        Assert.That(await IsComplete(client), Is.False);
        Assert.That(await application.IsEnded());
    }

    [TestCase("x\r\n")]
    [TestCase("5\r\n123456\r\n")]
    [TestCase("8000000000000000\r\n12345\r\n")]
    [TestCase("00000000000000005\r\n12345\r\n")]
    [TestCase("5;=\r\n12345\r\n")]
    [TestCase("5\r\n12345\r\n0\r\nX : 1\r\n")]
    public async Task Malformed_chunks_never_look_complete(string chunks)
    {
        using var client = await _listener.Connect();
        using var application = await Ask(client);
        await application.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" + chunks);

        Assert.That(await IsComplete(client), Is.False);
        Assert.That(await application.IsEnded());
    }

    [TestCase("GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n")]
    [TestCase("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")]
    [TestCase("GET", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [TestCase("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")]
    [TestCase("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public async Task A_response_without_content_leaves_both_connections_usable(string method, string response)
    {
        using var client = await _listener.Connect();
        using var application = await Ask(client, method);
        await application.Send(response);
        var head = new RawMessage(await client.ReadHead());
        Assert.That(head.Status, Is.EqualTo(new RawMessage(response).Status));
        Assert.That(head.Has("Content-Length"), Is.EqualTo(head.Status != 204 && response.Contains("Content-Length", StringComparison.Ordinal)));

        await client.Send($"GET / HTTP/1.1\r\nHost: payments\r\n{_listener.Lines}\r\n");
        await application.ReadHead();
        await application.Send(Good);
        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task Bytes_behind_a_response_end_the_connection_and_lose_no_request()
    {
        using var client = await _listener.Connect();
        using var first = await Ask(client);
        await first.Send(Good + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
        Assert.That(await first.IsEnded());

        using var second = await Ask(client);
        await second.Send(Good);
        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
        await second.Send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
        Assert.That(await second.IsEnded());

        using var third = await Ask(client);
        await third.Send(Good);
        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task A_refused_response_to_an_upload_is_a_502_that_the_client_reads_after_its_whole_body()
    {
        const int Size = 10_000_000;
        using var client = await _listener.Connect();
        await client.Send($"POST / HTTP/1.1\r\nHost: payments\r\n{_listener.Lines}Content-Length: {Size}\r\n\r\nbegin");
        using var application = await _payments.NextConnection();
        await application.ReadHead();
        await application.Send("HTTP/1.1 999 Malformed\r\n\r\n");
        await client.Send(new string('b', Size - 5));

        var answer = await client.ReadMessage(isResponse: true);
        Assert.That((answer.Status, answer["Connection"]), Is.EqualTo((502, "close")));
        Assert.That(await client.ReadToEnd(), Is.Empty, "an end, not a reset");
    }

    private async Task IsRefused(string response)
    {
        using var client = await _listener.Connect();
        using var application = await Ask(client);
        await application.Send(response);

        var refused = await client.ReadMessage(isResponse: true);
        Assert.That((refused.Status, refused["Connection"]), Is.EqualTo((502, (string?)null)), refused.Body);
        Assert.That(await application.IsEnded());

        using var next = await Ask(client);
        await next.Send(Good);
        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
    }

    // The next connection to the application, with a request on it.
    private async Task<RawConnection> Ask(RawConnection client, string method = "GET")
    {
        await client.Send($"{method} / HTTP/1.1\r\nHost: payments\r\n{_listener.Lines}\r\n");
        var application = await _payments.NextConnection();
        await application.ReadHead();
        return application;
    }

    private static async Task<bool> IsComplete(RawConnection client)
    {
        try
        {
            return (await client.ReadMessage(isResponse: true)).Status == 200;
        }
        catch (Exception cut) when (cut is IOException or SocketException)
        {
            return false;
        }
    }
}
