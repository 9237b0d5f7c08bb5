namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>Compares the instances of one service with each other, an interval after another; off the way of requests.</summary>
/// <param name="share">How many of them may be ejected.</param>
/// <param name="time">Clock of the intervals.</param>
internal sealed class OutlierWatch(EjectionShare share, TimeProvider time)
{
    private EndpointState[] _members = [];
    private long _begun = time.GetTimestamp();

    /// <summary>How many may be ejected.</summary>
    public EjectionShare Share { get; } = share;

    /// <summary>There will be <paramref name="limit"/> places: when that is less, so it is from now on, and those that would be ejected the shortest are pardoned.</summary>
    public void Narrow(int limit)
    {
        if (limit >= Share.Limit)
        {
            return;
        }

        Share.Resize(limit);
        var wait = default(SpinWait);
        while (Share.Taken > limit)
        {
            // A place that is taken and whose instance is not ejected yet will be one or the other in a moment.
            if (_members.Where(state => state.IsEjected).MinBy(state => state.EjectedFor) is not { } first || !first.Pardon())
            {
                wait.SpinOnce();
            }
        }
    }

    /// <summary>These are the instances now.</summary>
    public void Widen(EndpointState[] members)
    {
        var old = _members;
        Volatile.Write(ref _members, members);
        foreach (var gone in old.Except(members))
        {
            gone.Retire();
        }

        if (members.Length > 0)
        {
            Share.Count(members.Length);
            Share.Resize(members[0].Policy.Ejection.MostOf(members.Length));
        }
    }

    /// <summary>Ends an interval when its time is over.</summary>
    public void Tick()
    {
        var members = Volatile.Read(ref _members);
        if (members.Length == 0 || time.GetElapsedTime(Interlocked.Read(ref _begun)) < members[0].Policy.Ejection.Interval)
        {
            return;
        }

        Interlocked.Exchange(ref _begun, time.GetTimestamp());
        var seen = Array.ConvertAll(members, static state => (State: state, Counts: state.TakeCounts(), WasEjected: state.IsEjected));
        foreach (var (state, _, ejected) in seen)
        {
            if (!ejected)
            {
                state.ForgetOne();
            }
        }

        // An ejected one had next to no traffic: it is no measure for the others.
        var trusted = Array.FindAll(seen, static one => !one.WasEjected);
        foreach (var (index, cause) in OutlierSearch.Of(Array.ConvertAll(trusted, static one => one.Counts), members[0].Policy.Ejection))
        {
            if (!trusted[index].State.Eject(cause))
            {
                return; // no place left, and the worst came first
            }
        }
    }
}
