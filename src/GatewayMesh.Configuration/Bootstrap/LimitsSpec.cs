namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>What a client may ask of a listener.</summary>
public sealed record LimitsSpec
{
    /// <summary>Open downstream connections. Default: 20,000.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>
    /// Ingress: open connections from one address, of IPv6 from one /64; null for no limit. Trusted proxies are not counted, their clients are.
    /// Default: a tenth of <see cref="MaxConnections"/> in the bootstrap of an ingress (<see cref="ForRole"/>), otherwise null.
    /// </summary>
    public int? MaxConnectionsPerAddress { get; init; }

    /// <summary>
    /// Bytes of one request line: method, target, <c>HTTP/1.1</c> and the separators between them; of HTTP/2 the same from <c>:method</c> and <c>:path</c>.
    /// Beyond: 414. Default: 8 KiB.
    /// </summary>
    public int MaxRequestLineSize { get; init; } = 8 * 1024;

    /// <summary>Header field lines of one request. Beyond: 431. Default: 100.</summary>
    public int MaxRequestHeaderCount { get; init; } = 100;

    /// <summary>Bytes of one request's header fields: names, values and four for each line. Beyond: 431. Default: 32 KiB.</summary>
    public int MaxRequestHeadersTotalSize { get; init; } = 32 * 1024;

    /// <summary>Bytes of a request body; null (the default) for no limit.</summary>
    public long? MaxRequestBodySize { get; init; }

    /// <summary>
    /// Bytes a second that a request body must reach on average, after a grace of <see cref="RequestBodyGrace"/>, while the data path waits for the client;
    /// null for no limit. gRPC calls, upgrades, and requests whose answer has begun are exempt. Default: 240 in the bootstrap of an ingress
    /// (<see cref="ForRole"/>), otherwise null.
    /// </summary>
    public long? MinRequestBodyDataRate { get; init; }

    /// <summary>Waiting time that every request body may use before <see cref="MinRequestBodyDataRate"/> counts. Default: 5 s.</summary>
    public TimeSpan RequestBodyGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time in which a request's head must have arrived. Default: 10 s.</summary>
    public TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time after which an idle downstream connection is closed. Default: 5 min.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>HTTP/2 streams on one connection. Default: 100.</summary>
    public int MaxStreamsPerConnection { get; init; } = 100;

    /// <summary>
    /// HTTP/2 frames without use (PING, SETTINGS, PRIORITY, RST_STREAM, CONTINUATION, unknown, empty or all-padding DATA, empty HEADERS) that one
    /// connection may send in a row; requests, data and time restore the budget. Beyond: GOAWAY with ENHANCE_YOUR_CALM. Null for no limit. Default: 1,000.
    /// </summary>
    public int? Http2FrameBudget { get; init; } = 1000;

    /// <summary>The defaults of a role: an ingress has those of public listeners.</summary>
    public static LimitsSpec ForRole(MeshRole role) => role != MeshRole.Ingress
        ? new LimitsSpec()
        : new LimitsSpec { MinRequestBodyDataRate = 240, MaxConnectionsPerAddress = ShareOf(new LimitsSpec().MaxConnections) };

    /// <summary>The default share of one address in <paramref name="connections"/>.</summary>
    public static int ShareOf(int connections) => Math.Max(1, connections / 10);
}
