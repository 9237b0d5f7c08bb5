using System.Net.Security;
using System.Security.Cryptography;
using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>The connections to one agent: made when the first request needs them, made anew when the files of TLS change.</summary>
internal sealed class AgentConnections(bool secure, ConsulTls tls) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    // Longer than the rhythm of any loop, so that polls find their connection again; Consul itself keeps idle ones for minutes.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private (FileTrace Ca, FileTrace Cert, FileTrace Key) _version;
    private volatile HttpMessageInvoker? _invoker;

    /// <summary>What to send with.</summary>
    /// <exception cref="IOException">A file cannot be read or is no PEM.</exception>
    public HttpMessageInvoker Current
    {
        get
        {
            // Who waits for a disk that hangs holds up nobody else: the others go on with the files as they were.
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
                // Half a new pair of files is no reason to stop: the other half follows.
                if (_invoker is null)
                {
                    throw new IOException($"the files of registryTls cannot be used: {failure.Message}", failure);
                }
            }
            finally
            {
                _lock.Exit();
            }

            return _invoker!;
        }
    }

    // Under the lock.
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
