namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>Compares the instances of one service with each other in successive intervals, off the request path.</summary>
/// <param name="share">Ejection permits of the service.</param>
/// <param name="time">Clock of the intervals.</param>
internal sealed class OutlierWatch(EjectionShare share, TimeProvider time)
{
    private EndpointState[] _members = [];
    private long _begun = time.GetTimestamp();

    /// <summary>Ejection permits of the service.</summary>
    public EjectionShare Share { get; } = share;

    /// <summary>Current instances.</summary>
    public IReadOnlyCollection<EndpointState> Members => Volatile.Read(ref _members);

    /// <summary>
    /// Prepares for <paramref name="limit"/> permits: a lower limit applies at once, and the shortest ejections end early.
    /// </summary>
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
            // A permit whose instance is not yet ejected will be used or returned in a moment.
            if (_members.Where(state => state.IsEjected).MinBy(state => state.EjectedFor) is not { } first || !first.Pardon())
            {
                wait.SpinOnce();
            }
        }
    }

    /// <summary>Sets the current instances.</summary>
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
            Share.Resize(members[0].Policy.Ejection.MaxOf(members.Length));
        }
    }

    /// <summary>Ends the interval if it has elapsed.</summary>
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

        // An ejected instance had almost no traffic and is no reference for the others.
        var trusted = Array.FindAll(seen, static one => !one.WasEjected);
        foreach (var (index, cause) in OutlierSearch.Of(Array.ConvertAll(trusted, static one => one.Counts), members[0].Policy.Ejection))
        {
            if (!trusted[index].State.Eject(cause))
            {
                return; // no permit left, and the worst came first
            }
        }
    }
}
