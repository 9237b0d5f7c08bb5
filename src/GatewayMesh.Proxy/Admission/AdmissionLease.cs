namespace GatewayMesh.Proxy.Admission;

/// <summary>One admitted request. End it exactly once, when the request is over; the default one holds nothing.</summary>
public readonly struct AdmissionLease
{
    private readonly GatewayAdmission? _admission;
    private readonly HostLoad? _host;

    internal AdmissionLease(GatewayAdmission admission, HostLoad host)
    {
        _admission = admission;
        _host = host;
    }

    /// <summary>Gives the place back.</summary>
    /// <param name="began">When the request began (timestamp). Default: unknown.</param>
    /// <param name="took">How long its answer took; null when there was none, which says nothing. Default: null.</param>
    public void End(long began = 0, TimeSpan? took = null) => _admission?.Leave(_host!, began, took);
}
