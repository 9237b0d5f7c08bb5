namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>Measure by which the best of several instances is selected.</summary>
internal enum LoadMeasure
{
    /// <summary>Requests in flight relative to weight.</summary>
    Requests,

    /// <summary>Peak EWMA of the latency, multiplied by the requests in flight plus one.</summary>
    Latency,
}
