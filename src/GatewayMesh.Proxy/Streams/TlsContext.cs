using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GatewayMesh.Certificates;

namespace GatewayMesh.Proxy.Streams;

/// <summary>
/// One identity in one role (<c>SSL_CTX</c>), shared by its connections. The key is handed over in memory. A connection keeps the context
/// alive, so a context may be disposed as soon as no new connection needs it.
/// </summary>
internal sealed unsafe class TlsContext : SafeHandle
{
    private TlsContext(nint context, bool isServer, TlsSettings settings)
        : base(0, ownsHandle: true)
    {
        SetHandle(context);
        (IsServer, PeerCertificate) = (isServer, settings.PeerCertificate);
        Protocols = [.. settings.Protocols.Select(Encoding.ASCII.GetBytes)];
        ProtocolList = [.. Protocols.SelectMany(name => name.Prepend((byte)name.Length))];
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>True for the side that accepts connections.</summary>
    public bool IsServer { get; }

    /// <summary>Request for a certificate of the peer.</summary>
    public PeerCertificate PeerCertificate { get; }

    /// <summary>Application protocols, the preferred one first.</summary>
    internal byte[][] Protocols { get; }

    /// <summary>Application protocols as sent by a client (RFC 7301 §3.1).</summary>
    internal byte[] ProtocolList { get; }

    /// <summary>OpenSSL's flags for <see cref="PeerCertificate"/>.</summary>
    internal int VerifyMode => PeerCertificate switch
    {
        PeerCertificate.None => 0,
        PeerCertificate.Optional => OpenSsl.VerifyPeer,
        _ => OpenSsl.VerifyPeer | OpenSsl.VerifyFailIfNoPeerCertificate,
    };

    /// <summary>Creates the context of a service's certificate for TLS 1.3 between parts of the mesh.</summary>
    /// <param name="leaf">Certificate of the service.</param>
    /// <param name="isServer">True for the side that accepts connections.</param>
    /// <param name="protocols">Application protocols, the preferred one first.</param>
    /// <exception cref="CryptographicException">OpenSSL refuses the certificate or its key.</exception>
    public static TlsContext OfMesh(LeafCertificate leaf, bool isServer, params IReadOnlyList<string> protocols) => Create(
        isServer,
        new TlsSettings
        {
            Certificate = leaf.Certificate,
            Intermediates = [.. leaf.Context.IntermediateCertificates],
            Protocols = protocols,
        });

    /// <summary>Creates a context.</summary>
    /// <exception cref="CryptographicException">OpenSSL refuses the certificate or its key.</exception>
    public static TlsContext Create(bool isServer, TlsSettings settings)
    {
        TlsCallbacks.Begin();
        var context = new TlsContext(Check(OpenSsl.ContextNew(OpenSsl.Method())), isServer, settings);
        try
        {
            context.Set(settings);
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSsl.ContextFree(handle);
        return true;
    }

    private static nint Check(nint result)
    {
        if (result > 0)
        {
            return result;
        }

        var reason = OpenSsl.ReasonOf(OpenSsl.PeekError());
        OpenSsl.ClearErrors();
        throw new CryptographicException($"OpenSSL: {Marshal.PtrToStringUTF8(reason) ?? "failure"}");
    }

    private void Set(TlsSettings settings)
    {
        OpenSsl.ClearErrors();
        Control(OpenSsl.CtrlMinVersion, settings.AllowsTls12 ? OpenSsl.Tls12 : OpenSsl.Tls13);
        Control(OpenSsl.CtrlMaxVersion, OpenSsl.Tls13);
        OpenSsl.ContextSetOptions(
            handle, OpenSsl.OpNoTicket | OpenSsl.OpNoCompression | OpenSsl.OpServerPreference | OpenSsl.OpNoRenegotiation);
        Check(OpenSsl.ContextSetTickets(handle, 0));
        OpenSsl.ContextControl(handle, OpenSsl.CtrlSessionCacheMode, 0, null);
        OpenSsl.ContextControl(
            handle, OpenSsl.CtrlMode, OpenSsl.ModePartialWrite | OpenSsl.ModeMovingBuffer | OpenSsl.ModeReleaseBuffers, null);
        OpenSsl.ContextControl(handle, OpenSsl.CtrlReadAhead, 1, null);
        OpenSsl.ContextSetVerify(handle, VerifyMode, null);
        OpenSsl.ContextSetVerifier(handle, &TlsCallbacks.Verify, null);
        if (IsServer)
        {
            OpenSsl.ContextSetHello(handle, &TlsCallbacks.Hello, null);
            if (Protocols.Length > 0)
            {
                OpenSsl.ContextSetAlpn(handle, &TlsCallbacks.SelectProtocol, null);
            }
        }

        if (settings.Certificate is { } certificate)
        {
            WithCertificate(certificate, native => Check(OpenSsl.ContextUseCertificate(handle, native)));
            UseKey(certificate);
            foreach (var intermediate in settings.Intermediates)
            {
                // 1: the context takes a reference of its own
                WithCertificate(
                    intermediate, native => Check(OpenSsl.ContextControl(handle, OpenSsl.CtrlChainCertificate, 1, (void*)native)));
            }
        }
    }

    private void Control(int command, int number) => Check(OpenSsl.ContextControl(handle, command, number, null));

    private static void WithCertificate(X509Certificate2 certificate, Action<nint> use)
    {
        fixed (byte* der = certificate.RawDataMemory.Span)
        {
            var next = der;
            var native = Check(OpenSsl.CertificateFromDer(null, &next, certificate.RawDataMemory.Length));
            try
            {
                use(native);
            }
            finally
            {
                OpenSsl.CertificateFree(native);
            }
        }
    }

    private void UseKey(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
        var pkcs8 = key?.ExportPkcs8PrivateKey() ?? throw new CryptographicException("The certificate has no ECDSA or RSA key.");
        try
        {
            fixed (byte* der = pkcs8)
            {
                var next = der;
                var native = Check(OpenSsl.KeyFromDer(null, &next, pkcs8.Length));
                try
                {
                    Check(OpenSsl.ContextUseKey(handle, native));
                }
                finally
                {
                    OpenSsl.KeyFree(native);
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }
}
