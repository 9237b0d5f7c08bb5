namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Receives completed requests from the data path.</summary>
/// <param name="metrics">Metrics of the mesh.</param>
/// <param name="log">Access log, or null for none.</param>
public sealed class RequestTelemetry(MeshMetrics metrics, AccessLog? log)
{
    /// <summary>Metrics of the mesh.</summary>
    public MeshMetrics Metrics { get; } = metrics;

    /// <summary>True if the next request gets a line in the access log, within the log's rate.</summary>
    public bool TryAdmit(RequestDirection direction) => direction != RequestDirection.Probe && log is not null && log.TryAdmit();

    /// <summary>Counts, measures, and logs <paramref name="request"/>; never waits. The guard's private probes are not recorded.</summary>
    /// <param name="isLogged">Result of <see cref="TryAdmit"/>. Otherwise the request may lack what only the log needs.</param>
    /// <param name="request">The request.</param>
    public void Record(bool isLogged, in RequestSummary request)
    {
        if (request.Direction == RequestDirection.Probe)
        {
            return;
        }

        if (isLogged)
        {
            log!.Add(request);
        }

        Metrics.CountRequest(request); // last, so that every counted request is in the log
    }
}
