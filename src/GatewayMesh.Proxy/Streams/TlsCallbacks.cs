using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Streams;

/// <summary>
/// Functions that OpenSSL calls. OpenSSL calls them only within a call that a <see cref="TlsEngine"/> makes, on the same thread, so they
/// find the connection in <see cref="Current"/>: no handle of a managed object is ever given to native code. No exception leaves them.
/// </summary>
internal static unsafe class TlsCallbacks
{
    private const int AlpnOk = 0, AlpnFatal = 2;
    private const uint ServerName = 0; // type of the extension, RFC 6066 §3

    [ThreadStatic]
    private static TlsEngine? CurrentOfThread;

    private static readonly Lazy<nint> LazyMethod = new(CreateMethod);

    /// <summary>Connection whose call into OpenSSL is running on this thread.</summary>
    public static TlsEngine? Current
    {
        get => CurrentOfThread;
        set => CurrentOfThread = value;
    }

    /// <summary>Method of the BIO of every connection; lives as long as the process.</summary>
    public static nint Method => LazyMethod.Value;

    /// <summary>Initializes OpenSSL, once, so that its exit handler does not run under threads that still use the library.</summary>
    public static void Begin() => _ = LazyMethod.Value;

    /// <summary>Reads from the socket of the current connection. A flag tells OpenSSL to try again later.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int Read(nint bio, byte* buffer, int length) =>
        length <= 0 ? 0 : Transferred(bio, CurrentOfThread!.ReceiveRecord(new Span<byte>(buffer, length)), OpenSsl.BioRead);

    /// <summary>Writes to the socket of the current connection.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int Write(nint bio, byte* buffer, int length) =>
        length <= 0 ? 0 : Transferred(bio, CurrentOfThread!.SendRecord(new ReadOnlySpan<byte>(buffer, length)), OpenSsl.BioWrite);

    /// <summary>Verifies the peer by managed code (SSL_CTX_set_cert_verify_callback(3)); 1 accepts the peer.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int Verify(nint store, nint argument)
    {
        var engine = CurrentOfThread!;
        AlertName alert;
        try
        {
            var sent = new X509Certificate2Collection();
            var stack = OpenSsl.SentCertificates(store);
            var leaf = OpenSsl.VerifiedCertificate(store);
            for (var i = 0; stack != 0 && i < OpenSsl.StackCount(stack); i++)
            {
                var item = OpenSsl.StackItem(stack, i);
                if (item != leaf)
                {
                    sent.Add(Managed(item));
                }
            }

            alert = engine.Judge(Managed(leaf), sent);
        }
        catch (Exception failure)
        {
            alert = engine.Fail(failure);
        }

        OpenSsl.SetVerifyError(store, TlsAlerts.VerifyResult(alert));
        return alert == AlertName.None ? 1 : 0;
    }

    /// <summary>Chooses the context by the server name of the ClientHello (SSL_CTX_set_client_hello_cb(3)); 1 continues.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int Hello(nint ssl, int* alert, nint argument)
    {
        var engine = CurrentOfThread!;
        try
        {
            byte* data;
            nuint length;
            var name = OpenSsl.HelloExtension(ssl, ServerName, &data, &length) == 1
                ? NameIn(new ReadOnlySpan<byte>(data, (int)length))
                : "";
            if (engine.Choose(name))
            {
                return 1;
            }

            *alert = (int)AlertName.UnrecognizedName;
        }
        catch (Exception failure)
        {
            *alert = (int)engine.Fail(failure);
        }

        return 0;
    }

    /// <summary>Selects the application protocol that this side prefers; none in common is fatal.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int SelectProtocol(nint ssl, byte** selected, byte* selectedLength, byte* offered, uint length, nint argument)
    {
        foreach (var wanted in CurrentOfThread!.Context.Protocols)
        {
            for (uint at = 0; at < length && at + 1 + offered[at] <= length; at += 1u + offered[at])
            {
                if (wanted.AsSpan().SequenceEqual(new ReadOnlySpan<byte>(offered + at + 1, offered[at])))
                {
                    *selected = offered + at + 1;
                *selectedLength = offered[at];
                    return AlpnOk;
                }
            }
        }

        return AlpnFatal;
    }

    private static int Transferred(nint bio, int result, int direction)
    {
        if (result >= 0)
        {
            OpenSsl.BioClearFlags(bio, OpenSsl.BioAllRetryFlags);
            return result;
        }

        if (result == StreamSocket.WouldBlock)
        {
            OpenSsl.BioSetFlags(bio, direction | OpenSsl.BioRetry);
        }
        else
        {
            OpenSsl.BioClearFlags(bio, OpenSsl.BioAllRetryFlags);
        }

        return -1;
    }

    private static X509Certificate2 Managed(nint certificate)
    {
        var der = new byte[OpenSsl.CertificateToDer(certificate, null)];
        fixed (byte* first = der)
        {
            var next = first;
            _ = OpenSsl.CertificateToDer(certificate, &next);
        }

        return X509CertificateLoader.LoadCertificate(der);
    }

    // A list with one entry: length of the list (2 bytes), type 0, length of the name (2 bytes), name.
    private static string NameIn(ReadOnlySpan<byte> extension) =>
        extension is [_, _, 0, var high, var low, .. var name] && name.Length >= ((high << 8) | low)
            ? Encoding.ASCII.GetString(name[..((high << 8) | low)])
            : "";

    private static nint CreateMethod()
    {
        _ = OpenSsl.Init(OpenSsl.InitNoAtExit, null);
        fixed (byte* name = "loop socket\0"u8)
        {
            var method = OpenSsl.BioMethodNew(OpenSsl.BioNewIndex() | OpenSsl.BioTypeSourceSink, name);
            _ = OpenSsl.BioMethodSetRead(method, &Read);
            _ = OpenSsl.BioMethodSetWrite(method, &Write);

            // Asked a dozen times for a record (kernel TLS, …), so by OpenSSL's own code: nothing is buffered, a flush succeeds, and a read
            // that failed was at the end. Whether the end was one or a failure, the engine knows from the socket.
            _ = OpenSsl.BioMethodSetControl(method, OpenSsl.BioMethodGetControl(OpenSsl.BioNull()));
            return method;
        }
    }
}
