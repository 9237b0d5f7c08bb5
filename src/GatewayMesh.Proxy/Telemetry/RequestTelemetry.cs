namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Where the data path tells a request that is over.</summary>
/// <param name="metrics">The instruments.</param>
/// <param name="log">The access log, or null for none.</param>
public sealed class RequestTelemetry(MeshMetrics metrics, AccessLog? log)
{
    /// <summary>The instruments.</summary>
    public MeshMetrics Metrics { get; } = metrics;

    /// <summary>Counts, measures and logs <paramref name="request"/>; never waits. The guard's private probes are not told.</summary>
    public void Record(in RequestSummary request)
    {
        if (request.Direction == RequestDirection.Probe)
        {
            return;
        }

        log?.Write(request);
        Metrics.CountRequest(request); // last: what was counted is in the log
    }
}
