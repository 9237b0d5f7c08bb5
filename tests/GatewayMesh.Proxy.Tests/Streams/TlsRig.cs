using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Streams;
using GatewayMesh.Proxy.Tests.Loops;

namespace GatewayMesh.Proxy.Tests.Streams;

/// <summary>TLS streams of a loop with certificates of a mesh, and ordinary TLS streams as their peers.</summary>
internal sealed class TlsRig : IAsyncDisposable
{
    private readonly List<TlsContext> _contexts = [];

    public TlsRig()
    {
        Trust = TrustBundle.FromPem(Authority.RootPem);
        (Web, Payments) = (Leaf("web"), Leaf("payments"));
    }

    public LoopRig Rig { get; } = new();

    public EventLoop Loop => Rig.Loop;

    public TestAuthority Authority { get; } = new();

    public TrustBundle Trust { get; }

    public LeafCertificate Web { get; }

    public LeafCertificate Payments { get; }

    public Task Run(Func<Task> code) => Rig.Run(code);

    public LeafCertificate Leaf(string service) => LeafCertificate.FromPem(service, Authority.Issue(service));

    public TlsContext Server(LeafCertificate? leaf = null, params string[] protocols) =>
        Kept(TlsContext.OfMesh(leaf ?? Payments, isServer: true, protocols));

    public TlsContext Client(LeafCertificate? leaf = null, params string[] protocols) =>
        Kept(TlsContext.OfMesh(leaf ?? Web, isServer: false, protocols));

    public TlsContext Kept(TlsContext context)
    {
        _contexts.Add(context);
        return context;
    }

    public TlsVerification Clients => Verified(PeerUsage.Client);

    public TlsVerification Servers => Verified(PeerUsage.Server);

    public TlsVerification Verified(PeerUsage usage) => (certificate, sent) =>
        TlsAlerts.Of(PeerVerifier.Verify(certificate, sent, Trust, usage, TimeProvider.System.GetUtcNow()).Fault);

    /// <summary>Both ends on the loop, after their handshakes.</summary>
    public async Task<(TlsStream Server, TlsStream Client)> Pair(TlsContext? server = null, TlsContext? client = null)
    {
        var (here, there) = await Sockets();
        TlsStream? accepted = null, connected = null;
        await Run(async () =>
        {
            accepted = TlsStream.Accept(here, server ?? Server(), Clients);
            connected = TlsStream.Connect(there, client ?? Client(), Servers);
            var serving = accepted.HandshakeAsync().AsTask();
            await connected.HandshakeAsync();
            await serving;
        });
        return (accepted!, connected!);
    }

    /// <summary>A connection with both ends on the loop.</summary>
    public async Task<(LoopSocket Here, LoopSocket There)> Sockets(int bufferSize = 0)
    {
        var (fd, other) = await Rig.Raw(bufferSize);
        using (other)
        {
            other.Blocking = false;
            using var copy = new GatewayMesh.Linux.Descriptor((int)other.SafeHandle.DangerousGetHandle());
            var kept = copy.Duplicate().Release();
            copy.Release();
            return await Rig.Get(() => (new LoopSocket(Loop, fd, null), new LoopSocket(Loop, kept, null)));
        }
    }

    public SslServerAuthenticationOptions ServerOptions(LeafCertificate? leaf = null) => new()
    {
        ServerCertificateContext = (leaf ?? Payments).Context,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowTlsResume = false,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
    };

    public SslClientAuthenticationOptions ClientOptions(LeafCertificate? leaf = null) => new()
    {
        TargetHost = "payments.test",
        ClientCertificateContext = (leaf ?? Web).Context,
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
    };

    public static SslStream Ordinary(Socket socket)
    {
        socket.Blocking = true;
        return new SslStream(new NetworkStream(socket, ownsSocket: true));
    }

    public async ValueTask DisposeAsync()
    {
        await Rig.DisposeAsync();
        _contexts.ForEach(context => context.Dispose());
        Authority.Dispose();
    }
}
