namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>What makes one of several instances the best.</summary>
internal enum LoadMeasure
{
    /// <summary>Requests in flight for its weight.</summary>
    Requests,

    /// <summary>Peak EWMA of its latency, times one more than that.</summary>
    Latency,
}
