namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>What a client may ask of a listener.</summary>
public sealed record LimitsSpec
{
    /// <summary>Open downstream connections. Default: 20,000.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Ingress: open connections from one address, of IPv6 from one /64; null (the default) for no limit. Trusted proxies are not counted, those that they speak for are.</summary>
    public int? MaxConnectionsPerAddress { get; init; }

    /// <summary>Bytes of one request's head. Default: 32 KiB.</summary>
    public int MaxRequestHeadersTotalSize { get; init; } = 32 * 1024;

    /// <summary>Bytes of a request body; null (the default) for no limit.</summary>
    public long? MaxRequestBodySize { get; init; }

    /// <summary>Time in which a request's head must have arrived. Default: 10 s.</summary>
    public TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time after which an idle downstream connection is closed. Default: 5 min.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>HTTP/2 streams on one connection. Default: 100.</summary>
    public int MaxStreamsPerConnection { get; init; } = 100;
}
