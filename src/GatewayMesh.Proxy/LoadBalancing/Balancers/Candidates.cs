namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>The instances that one attempt may use.</summary>
internal readonly ref struct Candidates
{
    private readonly ref readonly TriedEndpoints _tried;

    /// <param name="tried">Instances that the request has already tried.</param>
    /// <param name="hash">Hash of the request.</param>
    /// <param name="now">Timestamp of the pick.</param>
    /// <param name="panic">True to ignore ejections.</param>
    public Candidates(ref readonly TriedEndpoints tried, RequestHash hash, long now, bool panic)
    {
        _tried = ref tried;
        Hash = hash;
        Now = now;
        IsPanic = panic;
    }

    /// <summary>Hash of the request.</summary>
    public RequestHash Hash { get; }

    /// <summary>Timestamp of the pick.</summary>
    public long Now { get; }

    /// <summary>True to ignore ejections.</summary>
    public bool IsPanic { get; }

    /// <summary>True if the attempt may use <paramref name="state"/>.</summary>
    public bool Admit(EndpointState state) => state.IsOpen(Now, IsPanic) && !_tried.Contains(state);
}
