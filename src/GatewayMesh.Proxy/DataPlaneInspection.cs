using System.Buffers;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Admission;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing.Reports;
using GatewayMesh.Proxy.Stores;

namespace GatewayMesh.Proxy;

/// <summary>Views of a running data plane for the admin server and metrics. Changes nothing.</summary>
public sealed class DataPlaneInspection
{
    private readonly DataPlaneParts _parts;

    internal DataPlaneInspection(DataPlaneParts parts) => _parts = parts;

    /// <summary>Current activity.</summary>
    public DataPlaneFigures Figures =>
        new(_parts.Listeners.Connections, _parts.Traffic.InFlight, _parts.Traffic.Total, _parts.Rate.Read(_parts.Traffic.Total));

    /// <summary>Admission counters of a gateway.</summary>
    public AdmissionCounts Admission => _parts.Admission.Counts;

    /// <summary>The snapshot in use.</summary>
    public MeshSnapshot Snapshot => _parts.Traffic.Mesh.Snapshot;

    /// <summary>Certificates of the public listeners.</summary>
    public IReadOnlyList<EdgeCertificateView> EdgeCertificates => _parts.Edge.Certificates;

    /// <summary>Returns the instances with their live state, for the admin's <c>/endpoints</c>.</summary>
    public IReadOnlyList<EndpointView> Endpoints()
    {
        var table = _parts.Traffic.Mesh.Endpoints;
        EndpointState[] live = [.. table.Instances];
        var keys = live.Select(static state => state.Key).ToHashSet();
        return
        [
            .. live.Concat(table.Gateways.Concat(_parts.Applications.Applications).SelectMany(set => set.All)).Select(EndpointView.Of),
            .. table.Unused.SelectMany(static service => service.Endpoints)
                .Where(endpoint => keys.Add(EndpointKey.Of(endpoint)))
                .Select(EndpointView.Of),
        ];
    }

    /// <summary>Returns the instances and gateways that are currently ejected.</summary>
    public IReadOnlyList<EndpointView> Ejected() => [.. _parts.Traffic.Mesh.Endpoints.Ejected.Select(EndpointView.Of)];

    /// <summary>Returns the called applications of this host, each under the name of its listener.</summary>
    public IReadOnlyList<EndpointView> Applications() =>
        [.. _parts.Applications.Applications.SelectMany(set => set.All).Select(EndpointView.Of)];

    /// <summary>Returns the limits of the services that this process calls or fronts, with the requests in flight.</summary>
    public IReadOnlyList<LimitView> Limits() => [.. _parts.Limits.Current.Services.Select(LimitView.Of)];

    /// <summary>Returns the shared stores.</summary>
    public IReadOnlyList<StoreView> Stores() => _parts.Stores.Views;

    /// <summary>Returns the rate limits of a service, with the number of their buckets.</summary>
    public IReadOnlyList<RateLimitView> RateLimits(string service) =>
        [.. _parts.RateLimits.Current.Find(service)?.Limits.Select(limit => new RateLimitView(limit.Model, limit.Keys)) ?? []];

    /// <summary>
    /// Returns the route that a request would take now, with the reasons. Sends nothing and does not mark the service as used.
    /// </summary>
    /// <param name="service">Requested service.</param>
    /// <param name="request">The request. Afterwards its fields, host, and path are those that faults see.</param>
    /// <param name="edge">Changes to header fields by the ingress; null for none. Default: null.</param>
    /// <param name="instance">The only instance that the request names by its address; null: the service as a whole. Default: null.</param>
    public RouteReport Explain(string service, DescribedRequest request, FieldEdits? edge = null, HostPort? instance = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (instance is not null)
        {
            return RouteTrace.Of(_parts.Traffic.Mesh, service, instance, _parts.Options.Time.GetTimestamp());
        }

        return RouteTrace.Of(
            _parts.Traffic.Mesh,
            service,
            Snapshot.Namespace,
            request,
            edge?.Request,
            _parts.Options.Time.GetTimestamp());
    }

    /// <summary>Returns the retry budget of a service and the delay after which its requests are hedged.</summary>
    /// <param name="service">Name of the service.</param>
    /// <param name="policy">Policy of the call.</param>
    public AttemptsView Attempts(string service, PolicyModel policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var hedging = policy.Hedging;
        return new AttemptsView(
            _parts.Budgets.Of(service, policy.Retries.Budget).View,
            _parts.Budgets.Process.View,
            !hedging.IsOn ? null
                : hedging.Delay ?? (hedging.Quantile is { } share ? _parts.Latencies.Find(service)?.Quantile(share) : null));
    }

    /// <summary>Writes the metrics in Prometheus' text format, or in OpenMetrics without its last line.</summary>
    /// <param name="output">Receives the text.</param>
    /// <param name="isOpen">True for OpenMetrics, which has exemplars. Default: false.</param>
    public void WriteMetrics(IBufferWriter<byte> output, bool isOpen = false) => _parts.Prometheus.Write(output, isOpen);
}
