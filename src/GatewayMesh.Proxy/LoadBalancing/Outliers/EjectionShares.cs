namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>
/// Ejection permits of all services, across reloads. A reload narrows the permits before its table is in use and widens them after, so that
/// neither table has more ejections than it allows. Called under the lock of the caller.
/// </summary>
/// <param name="time">Clock of the intervals.</param>
internal sealed class EjectionShares(TimeProvider time)
{
    private readonly Dictionary<string, OutlierWatch> _watches = new(StringComparer.Ordinal);

    /// <summary>Watches of all services.</summary>
    public IEnumerable<OutlierWatch> Watches => _watches.Values;

    /// <summary>Adds the instances of a service to the table in use, before its first request.</summary>
    public void Add(IEnumerable<EndpointState> instances)
    {
        foreach (var service in instances.GroupBy(static state => state.Key.Service, StringComparer.Ordinal))
        {
            // Instances of targets of the service are watched already.
            EndpointState[] all = [.. service.Union(_watches.GetValueOrDefault(service.Key)?.Members ?? [])];
            Narrow(all);
            _watches[service.Key].Widen(all);
        }
    }

    /// <summary>
    /// Prepares for a table with <paramref name="next"/>: each instance joins its service's permits, and no limit exceeds the old or the
    /// new one.
    /// </summary>
    public void Narrow(IEnumerable<EndpointState> next)
    {
        foreach (var group in next.GroupBy(state => state.Key.Service, StringComparer.Ordinal))
        {
            var states = group.ToArray();
            var limit = states[0].Policy.Ejection.MaxOf(states.Length);
            if (!_watches.TryGetValue(group.Key, out var watch))
            {
                _watches.Add(group.Key, watch = new OutlierWatch(new EjectionShare(limit, states.Length), time));
            }

            foreach (var state in states)
            {
                state.Join(watch.Share);
            }

            watch.Narrow(limit);
        }
    }

    /// <summary>Completes the change of tables: removed instances return their permits.</summary>
    public void Widen(IEnumerable<EndpointState> next)
    {
        var groups = next.GroupBy(state => state.Key.Service, StringComparer.Ordinal).ToDictionary(
            group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        foreach (var (service, watch) in _watches)
        {
            watch.Widen(groups.GetValueOrDefault(service, []));
        }

        foreach (var service in _watches.Keys.Where(service => !groups.ContainsKey(service)).ToList())
        {
            _watches.Remove(service);
        }
    }
}
