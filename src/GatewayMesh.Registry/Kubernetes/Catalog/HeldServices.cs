using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Kubernetes.Catalog;

/// <summary>
/// Keeps services that lost all of their instances when a watch started anew, for 10 s. The store of the cluster may have been restored
/// from a backup, and its controllers write the endpoints again within seconds. A change that a running watch reports counts at once.
/// </summary>
/// <param name="time">Clock of the time.</param>
internal sealed class HeldServices(TimeProvider time)
{
    private readonly Dictionary<string, (DiscoveredService Service, long At)> _held = new(StringComparer.Ordinal);
    private ServiceCatalog? _read;
    private ServiceCatalog? _last;

    /// <summary>Time for which services are kept: 10 s.</summary>
    public static TimeSpan Hold { get; } = TimeSpan.FromSeconds(10);

    /// <summary>True if services are kept now.</summary>
    public bool Any => _held.Count > 0;

    /// <summary>The catalog with the kept services; the same object as before if nothing has changed.</summary>
    /// <param name="read">The catalog as read.</param>
    /// <param name="isAnew">True if a watch started anew since the last call.</param>
    public ServiceCatalog Complete(ServiceCatalog read, bool isAnew)
    {
        var before = _held.Count;
        HashSet<string> there = read != _read && (isAnew || Any)
            ? [.. read.Services.Where(HasInstances).Select(service => service.Name)]
            : [];
        if (_last is not null && isAnew && read != _read)
        {
            HoldLost(_last, there);
        }

        foreach (var (name, held) in _held)
        {
            if (time.GetElapsedTime(held.At) >= Hold || there.Contains(name))
            {
                _ = _held.Remove(name);
            }
        }

        if (_last is not null && read == _read && before == _held.Count)
        {
            return _last;
        }

        _read = read;
        return _last = _held.Count == 0 ? read : Completed(read);
    }

    private void HoldLost(ServiceCatalog before, HashSet<string> there)
    {
        foreach (var lost in before.Services.Where(service => HasInstances(service) && !there.Contains(service.Name)))
        {
            _ = _held.TryAdd(lost.Name, (lost, time.GetTimestamp()));
        }
    }

    private static bool HasInstances(DiscoveredService service) => service.Instances is { IsEmpty: false };

    private ServiceCatalog Completed(ServiceCatalog read)
    {
        var names = read.Services.Select(service => service.Name).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<DiscoveredService> services =
        [
            .. read.Services.Select(service =>
                _held.TryGetValue(service.Name, out var held) ? service with { Instances = held.Service.Instances } : service),
            .. _held.Values.Select(held => held.Service).Where(service => !names.Contains(service.Name)),
        ];
        return read with { Services = services };
    }
}
