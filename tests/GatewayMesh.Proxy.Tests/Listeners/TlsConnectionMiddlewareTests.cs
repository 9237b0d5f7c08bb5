using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Streams;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Listeners;

public class TlsConnectionMiddlewareTests
{
    private TestAuthority _authority = null!;
    private X509Certificate2 _certificate = null!;

    [OneTimeSetUp]
    public void MakeCertificate()
    {
        _authority = new TestAuthority();
        _certificate = _authority.IssueFor(["localhost"]);
    }

    [OneTimeTearDown]
    public void Forget()
    {
        _certificate.Dispose();
        _authority.Dispose();
    }

    [Test]
    public async Task Consecutive_requests_work_on_a_connection_of_either_version(
        [Values(SslProtocols.Tls12, SslProtocols.Tls13)] SslProtocols version)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Listening(payments);
        await using var _ = mesh;
        using var client = await RawConnection.ToTls(outbound, with: options => options.EnabledSslProtocols = version);

        for (var i = 0; i < 3; i++)
        {
            Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Body, Is.EqualTo("paid"));
        }

        Assert.That(client.Tls!.SslProtocol, Is.EqualTo(version));
    }

    [Test]
    public async Task Long_bodies_pass_whole_both_ways()
    {
        var long_ = string.Concat(Enumerable.Range(0, 200_000).Select(i => (char)('a' + (i % 26))));
        using var payments = new Backend(
            (request, connection) => connection.Send($"HTTP/1.1 200 OK\r\nContent-Length: {request.Body.Length}\r\n\r\n{request.Body}"));
        var (mesh, outbound) = await Listening(payments);
        await using var _ = mesh;
        using var client = await RawConnection.ToTls(outbound);

        var answer = await client.Ask($"POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: {long_.Length}\r\n\r\n{long_}");

        Assert.That(answer.Body, Is.EqualTo(long_));
    }

    [Test]
    public async Task The_client_hello_may_arrive_byte_by_byte()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Listening(payments);
        await using var _ = mesh;
        using var raw = await RawConnection.To(outbound);
        using var drops = new SingleBytes(new NetworkStream(raw.Socket, ownsSocket: false));
        using var tls = new SslStream(drops, false, static (_, certificate, _, _) => certificate is not null);

        await tls.AuthenticateAsClientAsync("localhost");
        using var client = new RawConnection(raw.Socket, tls);

        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task ALPN_selects_HTTP_2([Values("https", "http")] string scheme)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Listening(payments);
        await using var _ = mesh;
        using var raw = await RawConnection.ToTls(
            outbound, with: options => options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]);
        Assert.That(raw.Tls!.NegotiatedApplicationProtocol, Is.EqualTo(SslApplicationProtocol.Http2));

        using var client = await H2Connection.Open(raw);

        Assert.That((await client.Ask(Get(scheme))).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task Without_ALPN_the_first_bytes_decide()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Listening(payments);
        await using var _ = mesh;
        using var client = await H2Connection.Open(await RawConnection.ToTls(outbound));

        Assert.That((await client.Ask(Get("https"))).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task A_connection_that_chose_HTTP_1_cannot_change_to_HTTP_2()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Listening(payments);
        await using var _ = mesh;
        using var client = await RawConnection.ToTls(
            outbound, with: options => options.ApplicationProtocols = [SslApplicationProtocol.Http11]);

        await client.Send(H2Connection.Preface);

        Assert.That(await client.IsEnded());
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task The_end_is_signaled_with_close_notify()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Listening(payments);
        await using var _ = mesh;
        using var raw = await RawConnection.To(outbound);
        using var tap = new Tap(new NetworkStream(raw.Socket, ownsSocket: false));
        using var tls = new SslStream(tap, false, static (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = SslProtocols.Tls12 });
        using var client = new RawConnection(raw.Socket, tls);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\nConnection: close\r\n\r\n");
        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(await client.IsEnded());

        Assert.That(tap.LastRecordType, Is.EqualTo(21), "the last record is an alert (RFC 8446 §5.1)");
    }

    [Test]
    public async Task Plain_HTTP_gets_a_400_that_asks_for_TLS_and_is_counted()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Listening(payments);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(400));
        Assert.That(answer.Body, Does.Contain("HTTPS"));
        Assert.That(await client.IsEnded());
        Assert.That(mesh.Metrics(), Does.Contain("reason=\"not_tls\"} 1"));
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task A_stalled_handshake_times_out()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Listening(
            payments, options => options with { Limits = new LimitsSpec { RequestHeadersTimeout = TimeSpan.FromMilliseconds(100) } });
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send(new byte[] { 0x16, 3, 1 });

        Assert.That(await client.IsEnded());
        Assert.That(() => mesh.Metrics(), Does.Contain("reason=\"timeout\"} 1").After(5000, 20));
    }

    [TestCase("\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0000", TestName = "hello-too-short")]
    [TestCase("\u0016\u0003\u0001\u00ff\u00ff\u0001\u0000\u0000\u0001\u0000", TestName = "record-too-long")]
    [TestCase("\u0016\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000", TestName = "zeros")]
    public async Task Bytes_other_than_a_handshake_end_the_connection(string bytes)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Listening(payments);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send(Encoding.Latin1.GetBytes(bytes));
        client.Socket.Shutdown(SocketShutdown.Send);

        Assert.That(await client.IsEnded());
        Assert.That(() => mesh.Metrics(), Does.Contain("gatewaymesh_tls_handshake_failures_total{").After(5000, 20));
        using var next = await RawConnection.ToTls(outbound);
        Assert.That((await next.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task Without_a_valid_certificate_the_handshake_is_refused()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Listening(payments);
        await using var _ = mesh;
        mesh.Plane.Terms = static _ => static (_, _) => null;

        Assert.That(
            async () => await RawConnection.ToTls(outbound), Throws.InstanceOf<AuthenticationException>().Or.InstanceOf<IOException>());
        Assert.That(() => mesh.Metrics(), Does.Contain("reason=\"no_certificate\"} 1").After(5000, 20));
    }

    [Test]
    public async Task A_peer_without_the_required_certificate_is_refused_and_counted()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Listening(
            payments,
            terms: static settings => settings with { PeerCertificate = PeerCertificate.Required },
            verify: static (_, _, _) => AlertName.None);
        await using var _ = mesh;

        using (var client = await TryTls(outbound))
        {
            Assert.That(
                () => client?.IsEnded() ?? throw new IOException("refused within the handshake"),
                Throws.InstanceOf<IOException>(), "the client learns the reason by an alert");
        }

        Assert.That(() => mesh.Metrics(), Does.Contain("reason=\"peer_certificate\"} 1").After(5000, 20));
        using var certificate = _authority.IssueFor([], client: true);
        using var known = await RawConnection.ToTls(outbound, with: options => options.ClientCertificates = [certificate]);
        Assert.That((await known.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task A_client_without_a_common_version_is_refused_and_counted()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Listening(payments, terms: static settings => settings with { AllowsTls12 = false });
        await using var _ = mesh;

        Assert.That(
            async () => await RawConnection.ToTls(outbound, with: options => options.EnabledSslProtocols = SslProtocols.Tls12),
            Throws.InstanceOf<AuthenticationException>().Or.InstanceOf<IOException>());

        Assert.That(() => mesh.Metrics(), Does.Contain("reason=\"refused\"} 1").After(5000, 20));
    }

    [Test]
    public async Task A_drain_ends_silent_and_idle_connections_and_finishes_running_requests()
    {
        var arrived = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        using var payments = new Backend(async (_, connection) =>
        {
            arrived.TrySetResult();
            await goOn.Task;
            await connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");
        });
        var (mesh, outbound) = await Listening(payments);
        await using var _ = mesh;
        using var silent = await RawConnection.To(outbound);
        using var idle = await RawConnection.ToTls(outbound);
        using var busy = await RawConnection.ToTls(outbound);
        await busy.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        await arrived.Task;

        var drain = mesh.Plane.DrainAsync(TimeSpan.FromSeconds(10), TimeSpan.Zero);
        Assert.That(await silent.IsEnded());
        Assert.That(await idle.IsEnded());
        goOn.SetResult();

        Assert.That((await busy.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
        Assert.That((await drain).IsClean);
    }

    [Test]
    public async Task A_listener_without_TLS_terms_speaks_plaintext()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Listening(payments);
        await using var _ = mesh;
        mesh.Plane.Terms = static _ => null;
        using var client = await RawConnection.To(outbound);

        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Body, Is.EqualTo("paid"));
    }

    private async Task<(Mesh Mesh, IPEndPoint Outbound)> Listening(
        Backend payments,
        Func<DataPlaneOptions, DataPlaneOptions>? with = null,
        Func<TlsSettings, TlsSettings>? terms = null,
        Func<InboundConnection, X509Certificate2, X509Certificate2Collection, AlertName>? verify = null)
    {
        var mesh = await Mesh.Start(with);
        mesh.BareService("payments", payments.HostPort);
        var settings = new TlsSettings
        {
            Certificate = _certificate,
            Protocols = ["h2", "http/1.1"],
            PeerCertificate = PeerCertificate.None,
            AllowsTls12 = true,
            AllowsResumption = true,
        };
        var server = new ServerTls(TlsContext.Create(isServer: true, terms?.Invoke(settings) ?? settings), verify);
        mesh.Plane.Terms = _ => (_, _) => server;
        return (mesh, mesh.Outbound());
    }

    private static Fields Get(string scheme) =>
        Fields.Of((":method", "GET"), (":scheme", scheme), (":path", "/"), (":authority", "payments"));

    private static async Task<RawConnection?> TryTls(IPEndPoint address)
    {
        try
        {
            return await RawConnection.ToTls(address); // with TLS 1.3 a client is done before the server has its certificate
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            return null;
        }
    }

    /// <summary>Writes each byte separately.</summary>
    private sealed class SingleBytes(NetworkStream inner) : Through(inner)
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var i = 0; i < buffer.Length; i++)
            {
                await inner.WriteAsync(buffer.Slice(i, 1), cancellationToken);
            }
        }
    }

    /// <summary>Follows the incoming records.</summary>
    private sealed class Tap(NetworkStream inner) : Through(inner)
    {
        private readonly List<byte> _header = [];
        private int _left;

        public int LastRecordType { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            foreach (var one in buffer.Span[..count])
            {
                if (_left > 0)
                {
                    _left--;
                    continue;
                }

                _header.Add(one);
                if (_header.Count == 5)
                {
                    LastRecordType = _header[0];
                    _left = (_header[3] << 8) | _header[4];
                    _header.Clear();
                }
            }

            return count;
        }
    }
}
