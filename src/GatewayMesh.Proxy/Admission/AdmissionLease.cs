namespace GatewayMesh.Proxy.Admission;

/// <summary>One admitted request. Dispose it exactly once, when the request is over.</summary>
public readonly struct AdmissionLease : IDisposable
{
    private readonly GatewayAdmission? _admission;
    private readonly HostLoad? _host;

    internal AdmissionLease(GatewayAdmission admission, HostLoad host)
    {
        _admission = admission;
        _host = host;
    }

    /// <summary>Gives the place back.</summary>
    public void Dispose() => _admission?.Leave(_host!);
}
