using System.Net.Security;
using System.Security.Cryptography;
using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>The connections to one agent: opened by the first request, replaced when the TLS files change.</summary>
internal sealed class AgentConnections(bool secure, ConsulTls tls) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    // Longer than the interval of any loop, so that polls reuse their connection. Consul itself keeps idle connections for minutes.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private (FileTrace Ca, FileTrace Cert, FileTrace Key) _version;
    private volatile HttpMessageInvoker? _invoker;

    /// <summary>The client for the next request.</summary>
    /// <exception cref="IOException">A file cannot be read or is not PEM.</exception>
    public HttpMessageInvoker Current
    {
        get
        {
            // A hung disk blocks one thread only. All other threads keep using the files read before.
            if (_invoker is null)
            {
                _lock.Enter();
            }
            else if (!_lock.TryEnter())
            {
                return _invoker;
            }

            try
            {
                if (_invoker is null || secure)
                {
                    Look();
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
            {
                // One half of a new pair of files is not an error: the other half follows.
                if (_invoker is null)
                {
                    throw new IOException($"the files of registryTls are not usable: {failure.Message}", failure);
                }
            }
            finally
            {
                _lock.Exit();
            }

            return _invoker!;
        }
    }

    // Called under the lock.
    private void Look()
    {
        if (!secure)
        {
            _invoker = new HttpMessageInvoker(Handler(null));
            return;
        }

        var known = _invoker is null ? ((FileTrace, FileTrace, FileTrace)?)null : _version;
        var (version, options) = TimedRead.Run(tls.CaFile ?? tls.CertFile ?? "registryTls", Patience, () =>
        {
            var now = (FileTrace.Of(tls.CaFile), FileTrace.Of(tls.CertFile), FileTrace.Of(tls.KeyFile));
            return (now, now == known ? null : tls.Options());
        });
        if (options is not null)
        {
            // Requests in flight end on the old connections.
            var old = _invoker;
            (_invoker, _version) = (new HttpMessageInvoker(Handler(options)), version);
            old?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _invoker?.Dispose();

    private static SocketsHttpHandler Handler(SslClientAuthenticationOptions? options)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionIdleTimeout = IdleTimeout,
            EnableMultipleHttp2Connections = true,
        };
        if (options is not null)
        {
            handler.SslOptions = options;
        }

        return handler;
    }
}
