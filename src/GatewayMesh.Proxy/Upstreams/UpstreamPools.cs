using System.Collections.Concurrent;
using System.Net;
using System.Text;
using GatewayMesh.Certificates;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Streams;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>Connection pools by key. Pools outlive reloads; the pool of a removed instance is closed after its last use.</summary>
internal sealed class UpstreamPools(TimeProvider time, ICertificates? certificates = null, Func<ReachRules>? reach = null) : IDisposable
{
    // Shorter than the 5 min after which mesh listeners close idle connections, so that the client side closes first and no request meets a
    // closing connection.
    private static readonly TimeSpan IdleOfMeshPeers = TimeSpan.FromSeconds(60);

    // Common application servers close after 5 s (Node.js, uvicorn), some after 2 s. Reconnecting over loopback is cheap.
    private static readonly TimeSpan IdleOfApplications = TimeSpan.FromSeconds(1.5);

    // Pings detect a peer whose host went silent although nothing was sent to it. Applications are not pinged: gRPC servers treat frequent
    // pings as an attack, and this host's kernel reports a closed application.
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(10);

    // Bytes of one response that may be buffered for a client that does not read, in addition to socket buffers.
    private const int StreamWindow = 256 * 1024;

    private readonly ConcurrentDictionary<UpstreamKey, Upstream> _pools = [];
    private readonly MeshContexts? _contexts = certificates is null ? null : new MeshContexts(certificates);

    /// <summary>Returns the pool of a key, in use until <see cref="Upstream.Release"/>.</summary>
    public Upstream Rent(in UpstreamKey key)
    {
        while (true)
        {
            var pool = _pools.TryGetValue(key, out var known) ? known : _pools.GetOrAdd(key, Create);
            if (pool.IsOf(certificates) && pool.TryUse())
            {
                return pool;
            }

            if (_pools.TryRemove(new(key, pool)))
            {
                pool.Retire();
            }
        }
    }

    /// <summary>Closes the pools to peers and instances that are not in <paramref name="addresses"/>.</summary>
    public void RetireAllBut(HashSet<HostPort> addresses)
    {
        foreach (var (key, pool) in _pools)
        {
            if (key.Kind != TargetKind.Application && !addresses.Contains(key.Address) && _pools.TryRemove(new(key, pool)))
            {
                pool.Retire();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pool in _pools.Values)
        {
            pool.Retire();
        }

        _pools.Clear();
        _contexts?.Dispose();
    }

    private Upstream Create(UpstreamKey key)
    {
        var isHttp2 = key.Protocol == WireProtocol.Http2;
        var connector = new UpstreamConnector(key, certificates, time, _contexts, reach);
        var idle = key.Kind == TargetKind.MeshPeer || isHttp2 ? IdleOfMeshPeers : IdleOfApplications;
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = Timeout.InfiniteTimeSpan, // the callback applies the policy's timeout
            ConnectCallback = connector.ConnectAsync,
            MaxConnectionsPerServer = int.MaxValue, // admission limits requests; a queue here would be hidden
            PooledConnectionIdleTimeout = idle,
            EnableMultipleHttp2Connections = true, // calls beyond a peer's limit per connection must not queue
            InitialHttp2StreamWindowSize = StreamWindow,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingDelay = key.Kind == TargetKind.MeshPeer ? PingAfter : Timeout.InfiniteTimeSpan,
            KeepAlivePingTimeout = PingAfter,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            MaxResponseHeadersLength = 64,
            MaxResponseDrainSize = 0, // the rest of an unwanted response is not worth reading
            Expect100ContinueTimeout = TimeSpan.FromSeconds(1),
            RequestHeaderEncodingSelector = static (_, request) =>
            {
                // Called for each field while the head is written; each head has at least one (Via).
                ObservedContent.ThrowIfSentAgain(request);
                return Encoding.Latin1;
            },
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        };
        return new Upstream(
            key,
            key.Peer is null ? null : PoolIdentity.Now(key.Identity, certificates),
            new HttpMessageInvoker(new SendOnceHandler(sockets, isHttp2), disposeHandler: true),
            isHttp2 ? null : new InstancePools(connector.DialAsync, idle));
    }
}
