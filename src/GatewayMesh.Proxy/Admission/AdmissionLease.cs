namespace GatewayMesh.Proxy.Admission;

/// <summary>One admitted request. End the lease exactly once, when the request is over. The default value holds no permit.</summary>
public readonly struct AdmissionLease
{
    private readonly GatewayAdmission? _admission;
    private readonly HostLoad? _host;

    internal AdmissionLease(GatewayAdmission admission, HostLoad host)
    {
        _admission = admission;
        _host = host;
    }

    /// <summary>Returns the permit.</summary>
    /// <param name="began">Start of the request (timestamp). Default: unknown.</param>
    /// <param name="took">Latency of the response; null if there was none, which is no measurement. Default: null.</param>
    public void End(long began = 0, TimeSpan? took = null) => _admission?.Leave(_host!, began, took);
}
