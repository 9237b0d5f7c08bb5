namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Limits on the clients of a listener.</summary>
public sealed record LimitsSpec
{
    /// <summary>Open downstream connections. Default: 20,000.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>
    /// Ingress: open connections per client address, or per /64 for IPv6; null for no limit. Trusted proxies are exempt; their clients are
    /// counted. Default: a tenth of <see cref="MaxConnections"/> in the bootstrap of an ingress (<see cref="ForRole"/>), otherwise null.
    /// </summary>
    public int? MaxConnectionsPerAddress { get; init; }

    /// <summary>
    /// Bytes of a request line: method, target, <c>HTTP/1.1</c>, and separators. On HTTP/2 the equivalent of <c>:method</c> and
    /// <c>:path</c>. Longer: 414. Default: 8 KiB.
    /// </summary>
    public int MaxRequestLineSize { get; init; } = 8 * 1024;

    /// <summary>Header field lines per request. More: 431. Default: 100.</summary>
    public int MaxRequestHeaderCount { get; init; } = 100;

    /// <summary>Bytes of the header fields of a request: names, values, and four per line. More: 431. Default: 32 KiB.</summary>
    public int MaxRequestHeadersTotalSize { get; init; } = 32 * 1024;

    /// <summary>Bytes of a request body; null (the default) for no limit.</summary>
    public long? MaxRequestBodySize { get; init; }

    /// <summary>
    /// Minimum average rate of a request body in bytes per second, after a grace period of <see cref="RequestBodyGrace"/>, counted while
    /// the data path waits for the client; null for no limit. gRPC calls, upgrades, and requests whose response has begun are exempt.
    /// Default: 240 in the bootstrap of an ingress (<see cref="ForRole"/>), otherwise null.
    /// </summary>
    public long? MinRequestBodyDataRate { get; init; }

    /// <summary>Time that a request body may wait before <see cref="MinRequestBodyDataRate"/> applies. Default: 5 s.</summary>
    public TimeSpan RequestBodyGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for a request head to arrive. Default: 10 s.</summary>
    public TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time after which an idle downstream connection is closed. Default: 5 min.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>HTTP/2 streams on one connection. Default: 100.</summary>
    public int MaxStreamsPerConnection { get; init; } = 100;

    /// <summary>
    /// Consecutive HTTP/2 frames without use (PING, SETTINGS, PRIORITY, RST_STREAM, CONTINUATION, unknown, empty or all-padding DATA, empty
    /// HEADERS) that a connection may send; requests, data, and time restore the budget. More: GOAWAY with ENHANCE_YOUR_CALM. Null for no
    /// limit. Default: 1,000.
    /// </summary>
    public int? Http2FrameBudget { get; init; } = 1000;

    /// <summary>Defaults of a role. An ingress has the defaults of a public listener.</summary>
    public static LimitsSpec ForRole(MeshRole role) => role != MeshRole.Ingress
        ? new LimitsSpec()
        : new LimitsSpec { MinRequestBodyDataRate = 240, MaxConnectionsPerAddress = ShareOf(new LimitsSpec().MaxConnections) };

    /// <summary>Default share of a single client address in <paramref name="connections"/>.</summary>
    public static int ShareOf(int connections) => Math.Max(1, connections / 10);
}
