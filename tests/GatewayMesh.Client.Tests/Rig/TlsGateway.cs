using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GatewayMesh.Configuration.Tunnels;

namespace GatewayMesh.Client.Tests.Rig;

/// <summary>
/// A gateway with TLS 1.3 tunnels: requests a certificate, reads the hello with the mesh's own reader, answers, and serves HTTP/1.1.
/// </summary>
internal sealed class TlsGateway : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _connections = [];
    private readonly X509Certificate2 _certificate;

    /// <summary>Creates a gateway with this certificate (PEM with key).</summary>
    public TlsGateway(string pem)
    {
        _certificate = X509Certificate2.CreateFromPem(pem, pem);
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The offered ALPN protocol. Default: tunnels.</summary>
    public string Protocol { get; init; } = "gatewaymesh-guard/1";

    /// <summary>True if the gateway trusts its callers. Default: true.</summary>
    public Func<X509Certificate2?, bool> Trusts { get; init; } = _ => true;

    public ConcurrentQueue<TunnelHello> Hellos { get; } = [];

    /// <summary>Serial numbers of the callers' certificates, one per connection.</summary>
    public ConcurrentQueue<string> Callers { get; } = [];

    public ConcurrentQueue<SslProtocols> Protocols { get; } = [];

    /// <summary>Requests received through tunnels.</summary>
    public int Requests;

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }

        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync();
                _connections.Add(connection);
                _ = Task.Run(() => ServeAsync(connection));
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        try
        {
            using var tls = new SslStream(connection.GetStream());
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, [], offline: true),
                ApplicationProtocols = [new SslApplicationProtocol(Protocol)],
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => Trusts(certificate as X509Certificate2),
            });
            Protocols.Enqueue(tls.SslProtocol);
            Callers.Enqueue(tls.RemoteCertificate is X509Certificate2 caller ? caller.SerialNumber : "none");
            var head = new byte[16];
            await tls.ReadExactlyAsync(head);
            var rest = new byte[BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(14))];
            await tls.ReadExactlyAsync(rest);
            Assert.That(TunnelHello.Read([.. head, .. rest], out var hello, out _), Is.EqualTo(TunnelHelloResult.Complete));
            Hellos.Enqueue(hello!);
            await tls.WriteAsync("+"u8.ToArray());
            await AnswerAsync(tls);
        }
        catch (Exception ended) when (
            ended is IOException or AuthenticationException or ObjectDisposedException or CryptographicException or SocketException)
        {
        }
    }

    private async Task AnswerAsync(SslStream tls)
    {
        var unread = "";
        var buffer = new byte[4096];
        while (await tls.ReadAsync(buffer) is > 0 and var read)
        {
            unread += Encoding.Latin1.GetString(buffer, 0, read);
            if (unread.EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                unread = "";
                Interlocked.Increment(ref Requests);
                await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\nby the gateway"u8.ToArray());
            }
        }
    }
}
