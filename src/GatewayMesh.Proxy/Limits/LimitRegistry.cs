using System.Collections.Frozen;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Limits;

/// <summary>
/// Keeps the live state of limits across reloads: the same service keeps its counts, and a removed service's limits are disposed.
/// </summary>
internal sealed class LimitRegistry(TimeProvider time, SplitMix random, Refusals refusals) : IDisposable
{
    private readonly Lock _applying = new();
    private LimitTable _current = LimitTable.Empty;

    /// <summary>Table of the last applied snapshot.</summary>
    public LimitTable Current => Volatile.Read(ref _current);

    /// <summary>Builds the table of <paramref name="snapshot"/>. Running requests keep their permits.</summary>
    public LimitTable Apply(MeshSnapshot snapshot)
    {
        lock (_applying)
        {
            var before = _current;
            var table = new LimitTable(
                snapshot.Services.Values.ToFrozenDictionary(
                    service => service.Name, service => Of(service, before), StringComparer.OrdinalIgnoreCase));
            foreach (var gone in before.Services.Where(limits => table.Find(limits.Service) is null))
            {
                gone.Dispose();
            }

            Volatile.Write(ref _current, table);
            return table;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var limits in Current.Services)
        {
            limits.Dispose();
        }
    }

    private ServiceLimits Of(ServiceModel service, LimitTable before)
    {
        if (before.Find(service.Name) is not { } limits)
        {
            return new ServiceLimits(service.Name, service.Policy, time, random, refusals);
        }

        limits.Declare(service.Policy);
        return limits;
    }
}
