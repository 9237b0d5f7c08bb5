using System.Security.Cryptography;
using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>The connections to one agent: made when the first request needs them, made anew when the files of TLS change.</summary>
internal sealed class AgentConnections(bool secure, ConsulTls tls) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    // Longer than the rhythm of any loop, so that polls find their connection again; Consul itself keeps idle ones for minutes.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(90);

    private readonly Lock _lock = new();
    private (FileTrace Ca, FileTrace Cert, FileTrace Key) _version;
    private HttpMessageInvoker? _invoker;

    /// <summary>What to send with.</summary>
    /// <exception cref="IOException">A file cannot be read or is no PEM.</exception>
    public HttpMessageInvoker Current
    {
        get
        {
            lock (_lock)
            {
                var version = secure ? (FileTrace.Of(tls.CaFile), FileTrace.Of(tls.CertFile), FileTrace.Of(tls.KeyFile)) : default;
                if (_invoker is not null && version == _version)
                {
                    return _invoker;
                }

                try
                {
                    var next = new HttpMessageInvoker(Handler());

                    // Requests in flight end on the old connections.
                    _invoker?.Dispose();
                    (_invoker, _version) = (next, version);
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
                {
                    // Half a new pair of files is no reason to stop: the other half follows.
                    if (_invoker is null)
                    {
                        throw new IOException($"the files of registryTls cannot be used: {failure.Message}", failure);
                    }
                }

                return _invoker;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _invoker?.Dispose();

    private SocketsHttpHandler Handler()
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
        if (secure)
        {
            handler.SslOptions = tls.Options();
        }

        return handler;
    }
}
