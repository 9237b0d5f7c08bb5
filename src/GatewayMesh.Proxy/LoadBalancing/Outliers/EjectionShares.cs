namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>
/// The shares of all services, over reloads. A reload narrows before its table is in use and widens after, so that in neither table more are ejected than it allows.
/// Called under the lock of the one who applies.
/// </summary>
/// <param name="time">Clock of the intervals.</param>
internal sealed class EjectionShares(TimeProvider time)
{
    private readonly Dictionary<string, OutlierWatch> _watches = new(StringComparer.Ordinal);

    /// <summary>Every service's watch.</summary>
    public IEnumerable<OutlierWatch> Watches => _watches.Values;

    /// <summary>Before a table with <paramref name="next"/> is in use: each instance belongs to its service's share, and no share is larger than before or after.</summary>
    public void Narrow(IEnumerable<EndpointState> next)
    {
        foreach (var group in next.GroupBy(state => state.Key.Service, StringComparer.Ordinal))
        {
            var states = group.ToArray();
            var limit = states[0].Policy.Ejection.MostOf(states.Length);
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

    /// <summary>After it: what is gone gives its place back.</summary>
    public void Widen(IEnumerable<EndpointState> next)
    {
        var groups = next.GroupBy(state => state.Key.Service, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
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
