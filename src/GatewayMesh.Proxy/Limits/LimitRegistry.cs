using System.Collections.Frozen;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Limits;

/// <summary>Keeps the live side of limits over reloads: same service, same counts; a service that is gone takes its own with it.</summary>
internal sealed class LimitRegistry(TimeProvider time, SplitMix random, Refusals refusals) : IDisposable
{
    private readonly Lock _applying = new();
    private LimitTable _current = LimitTable.Empty;

    /// <summary>The table of the last snapshot applied.</summary>
    public LimitTable Current => Volatile.Read(ref _current);

    /// <summary>Builds the table of <paramref name="snapshot"/>. Requests under way keep what they hold.</summary>
    public LimitTable Apply(MeshSnapshot snapshot)
    {
        lock (_applying)
        {
            var before = _current;
            var table = new LimitTable(snapshot.Services.Values.ToFrozenDictionary(service => service.Name, service => Of(service, before), StringComparer.OrdinalIgnoreCase));
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
