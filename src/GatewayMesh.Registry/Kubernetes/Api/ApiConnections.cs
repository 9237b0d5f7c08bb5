using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Linux;
using GatewayMesh.Registry.Kubernetes.Access;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>
/// The connections to one API server: opened by the first request, replaced when the roots or the client certificate change. One HTTP/2
/// connection carries 100 requests, and each watch is one, so further connections are opened as needed.
/// </summary>
/// <param name="access">Address, roots, and credentials.</param>
internal sealed class ApiConnections(ApiAccess access) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(90);

    // A dead peer is found within 45 s also while no watch has anything to say.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private (FileTrace Roots, PemSource? Source, FileTrace Certificate, FileTrace Key) _version;
    private volatile HttpMessageInvoker? _invoker;

    /// <summary>The client for the next request.</summary>
    /// <exception cref="IOException">The roots or the client certificate cannot be read or are not PEM.</exception>
    public HttpMessageInvoker For(ApiCredential credential)
    {
        // A hung disk blocks one thread only. All other threads keep using the files read before.
        if (_invoker is not { } known)
        {
            _lock.Enter();
        }
        else if (!_lock.TryEnter())
        {
            return known;
        }

        try
        {
            Look(credential);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // One half of a new pair of files is not an error: the other half follows.
            if (_invoker is null)
            {
                throw new IOException($"the certificates for {access.Server.Authority} are not usable: {failure.Message}", failure);
            }
        }
        finally
        {
            _lock.Exit();
        }

        return _invoker!;
    }

    /// <inheritdoc/>
    public void Dispose() => _invoker?.Dispose();

    // Called under the lock.
    private void Look(ApiCredential credential)
    {
        if (_invoker is not null && !HasFiles(credential) && ReferenceEquals(credential.Certificate, _version.Source))
        {
            return;
        }

        var known = _invoker is null ? ((FileTrace, PemSource?, FileTrace, FileTrace)?)null : _version;
        var path = access.Roots?.File ?? credential.Certificate?.File ?? access.Server.Authority;
        (FileTrace, PemSource?, FileTrace, FileTrace) Now() => (
            access.Roots?.Version ?? default,
            credential.Certificate,
            credential.Certificate?.Version ?? default,
            credential.Key?.Version ?? default);

        var (version, options) = TimedRead.Run(path, Patience, () =>
        {
            var now = Now();
            return (now, now == known ? null : Options(credential));
        });
        if (options is not null)
        {
            // Requests in flight end on the old connections.
            var old = _invoker;
            (_invoker, _version) = (new HttpMessageInvoker(Handler(options)), version);
            old?.Dispose();
        }
    }

    private bool HasFiles(ApiCredential credential) =>
        access.Roots?.File is not null || credential.Certificate?.File is not null || credential.Key?.File is not null;

    [SuppressMessage("Security", "CA5359", Justification = "insecure-skip-tls-verify in the kubeconfig asks for exactly this")]
    private SslClientAuthenticationOptions Options(ApiCredential credential)
    {
        var options = new SslClientAuthenticationOptions();
        if (access.Roots is { } roots)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPem(roots.Read());
            if (policy.CustomTrustStore.Count == 0)
            {
                throw new CryptographicException($"{roots.File ?? "certificate-authority-data"} has no certificate");
            }

            options.CertificateChainPolicy = policy;
        }

        if (access.IsInsecure)
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }

        if (credential is { Certificate: { } certificate, Key: { } key })
        {
            options.ClientCertificates = [X509Certificate2.CreateFromPem(certificate.Read(), key.Read())];
        }

        return options;
    }

    private static SocketsHttpHandler Handler(SslClientAuthenticationOptions options) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.GZip,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionIdleTimeout = IdleTimeout,
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = PingDelay,
        KeepAlivePingTimeout = PingTimeout,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        SslOptions = options,
    };
}
