namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Receives completed requests from the data path.</summary>
/// <param name="metrics">Metrics of the mesh.</param>
/// <param name="log">Access log, or null for none.</param>
public sealed class RequestTelemetry(MeshMetrics metrics, AccessLog? log)
{
    /// <summary>Metrics of the mesh.</summary>
    public MeshMetrics Metrics { get; } = metrics;

    /// <summary>Counts, measures, and logs <paramref name="request"/>; never waits. The guard's private probes are not recorded.</summary>
    public void Record(in RequestSummary request)
    {
        if (request.Direction == RequestDirection.Probe)
        {
            return;
        }

        log?.Write(request);
        Metrics.CountRequest(request); // last, so that every counted request is in the log
    }
}
