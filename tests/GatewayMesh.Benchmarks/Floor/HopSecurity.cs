using System.Net.Security;
using System.Security.Authentication;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Benchmarks.Floor;

/// <summary>Security of a hop: plain, or mutual TLS 1.3 on one side, by OpenSSL on the loop or by the platform's stream.</summary>
internal sealed class HopSecurity
{
    private TlsContext? _server;
    private TlsContext? _client;
    private LeafCertificate? _leaf;
    private TrustBundle? _trust;
    private string _peer = "";
    private bool _isPlatform;

    /// <summary>Reads <c>accept|connect CERTIFICATE ROOTS PEER [platform]</c>; nothing: plain.</summary>
    public static HopSecurity Parse(ReadOnlySpan<string> args)
    {
        var security = new HopSecurity();
        if (args.Length == 0)
        {
            return security;
        }

        var isServer = args[0] == "accept";
        security._trust = TrustBundle.FromPem(File.ReadAllText(args[2]));
        security._peer = args[3];
        security._leaf = LeafCertificate.FromPem(isServer ? "payments" : "web", File.ReadAllText(args[1]));
        security._isPlatform = args.Length > 4;
        var context = TlsContext.OfMesh(security._leaf, isServer, "http/1.1");
        security._server = isServer ? context : null;
        security._client = isServer ? null : context;
        return security;
    }

    public async ValueTask<ByteStream> AcceptAsync(LoopSocket socket)
    {
        if (_server is null)
        {
            return new PlainStream(socket);
        }

        if (_isPlatform)
        {
            var platform = new PlatformTls(socket);
            await platform.Tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = _leaf!.Context,
                ClientCertificateRequired = true,
                EnabledSslProtocols = SslProtocols.Tls13,
                AllowTlsResume = false,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            }).ConfigureAwait(false);
            return platform;
        }

        var stream = TlsStream.Accept(socket, _server, Verification(PeerUsage.Client));
        await stream.HandshakeAsync().ConfigureAwait(false);
        return stream;
    }

    public async ValueTask<ByteStream> ConnectAsync(LoopSocket socket)
    {
        if (_client is null)
        {
            return new PlainStream(socket);
        }

        if (_isPlatform)
        {
            var platform = new PlatformTls(socket);
            await platform.Tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "",
                ClientCertificateContext = _leaf!.Context,
                EnabledSslProtocols = SslProtocols.Tls13,
                AllowTlsResume = false,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            }).ConfigureAwait(false);
            return platform;
        }

        var stream = TlsStream.Connect(socket, _client, Verification(PeerUsage.Server));
        await stream.HandshakeAsync().ConfigureAwait(false);
        return stream;
    }

    private TlsVerification Verification(PeerUsage usage) => (certificate, sent) =>
    {
        var verdict = PeerVerifier.Verify(certificate, sent, _trust, usage, TimeProvider.System.GetUtcNow());
        return verdict.IsTrusted && verdict.Id!.Service != _peer ? AlertName.BadCertificate : TlsAlerts.Of(verdict.Fault);
    };
}
