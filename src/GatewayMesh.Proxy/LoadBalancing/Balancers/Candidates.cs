namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>Which instances one attempt may go to.</summary>
internal readonly ref struct Candidates
{
    private readonly ref readonly TriedEndpoints _tried;

    /// <param name="tried">Instances that the request has been at.</param>
    /// <param name="hash">What its hash is.</param>
    /// <param name="now">Timestamp of the pick.</param>
    /// <param name="panic">Whether ejections are left aside.</param>
    public Candidates(ref readonly TriedEndpoints tried, RequestHash hash, long now, bool panic)
    {
        _tried = ref tried;
        Hash = hash;
        Now = now;
        IsPanic = panic;
    }

    /// <summary>What the request's hash is.</summary>
    public RequestHash Hash { get; }

    /// <summary>Timestamp of the pick.</summary>
    public long Now { get; }

    /// <summary>Whether ejections are left aside.</summary>
    public bool IsPanic { get; }

    /// <summary>Whether the attempt may go to <paramref name="state"/>.</summary>
    public bool Admit(EndpointState state) => state.IsOpen(Now, IsPanic) && !_tried.Contains(state);
}
