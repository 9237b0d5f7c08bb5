using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.FeatureFlags;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Routing.Tree;

namespace GatewayMesh.Proxy;

/// <summary>Replaces the configuration of a data plane in one swap, and keeps the live state of what both configurations have.</summary>
internal sealed class SnapshotUpdate(DataPlaneParts parts)
{
    private readonly Lock _gate = new();

    /// <summary>Returns the services that requests were sent to since the last call.</summary>
    public IReadOnlyCollection<string> TakeUsed() =>
        [
            .. parts.Traffic.Mesh.Endpoints.Services.Concat(parts.Traffic.Mesh.Endpoints.Targets)
                .Where(set => set.TakeUsed())
                .Select(set => set.Service)
                .Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>
    /// Replaces the configuration. Running requests keep their configuration except for intentions: requests that the new intentions no
    /// longer allow are ended.
    /// </summary>
    public void Apply(MeshSnapshot snapshot)
    {
        var before = parts.Traffic.Mesh.Snapshot.Intentions.Revision;
        lock (_gate)
        {
            Swap(snapshot);
        }

        parts.Refused.Log(snapshot.Refused);
        if (parts.Options.EnforcesIntentions && before != snapshot.Intentions.Revision)
        {
            _ = parts.Running.EndDenied();
        }
    }

    private void Swap(MeshSnapshot snapshot)
    {
        var used = TakeUsed();
        var table = parts.Endpoints.Apply(snapshot);
        foreach (var service in used)
        {
            table.Entry(service)?.Live?.MarkUsed();
        }

        parts.Jwks.Start(snapshot);
        parts.Traffic.Mesh = new LiveMesh(snapshot, table, RouteTable.Of(snapshot, table, parts.Random, parts.Options.Time))
        {
            Flags = FlagTable.Of(snapshot, parts.Options.Time, parts.Traffic.Mesh.Flags),
            Limits = parts.Limits.Apply(snapshot),
            RateLimits = parts.RateLimits.Apply(snapshot),
        };
        parts.Jwks.EndAllBut(snapshot);
        parts.Authorizations.Keep(snapshot.Services.ContainsKey);
        parts.Demand?.Applied(table);
        parts.Budgets.Process.Declare(snapshot.Policy.Retries.Budget.Ratio, snapshot.Policy.Retries.Budget.MinPerSecond);
        parts.Budgets.Keep(service => table.Has(service) || snapshot.Services.ContainsKey(service));
        parts.Latencies.Keep(snapshot.Services.ContainsKey);
        var addresses = new HashSet<HostPort>(snapshot.Gateways.Select(gateway => gateway.Mesh));
        addresses.UnionWith(table.Instances.Select(instance => instance.Key.Address));
        addresses.UnionWith(table.Instances.Select(instance => instance.Model.Application).OfType<HostPort>());
        parts.Upstreams.RetireAllBut(addresses);
        parts.Metrics.SetRevision(snapshot.Revision, snapshot.EntriesRevision);
    }
}
