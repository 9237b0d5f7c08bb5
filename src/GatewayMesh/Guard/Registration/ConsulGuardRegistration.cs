using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Guard.Leases;
using GatewayMesh.Registry.Consul.Vouching;

namespace GatewayMesh.Guard.Registration;

/// <summary>With Consul the worker registers the node and the guard vouches for the worker: see <see cref="ConsulVoucher"/>.</summary>
internal sealed class ConsulGuardRegistration(
    BootstrapSpec bootstrap, TimeProvider time, Action<string, string> report) : IGuardRegistration
{
    private readonly ConsulVoucher _voucher = new(bootstrap, time, report);
    private volatile BootstrapSpec _bootstrap = bootstrap;

    /// <inheritdoc/>
    public void Start() => _voucher.Start();

    /// <inheritdoc/>
    public void Report(GuardView view) => _voucher.Report(view.Acceptor == Acceptor.Worker, StandInRecord.Of(view, _bootstrap, time));

    /// <inheritdoc/>
    public void Leave() => _voucher.Leave(leave: true);

    /// <inheritdoc/>
    public void Return() => _voucher.Leave(leave: false);

    /// <inheritdoc/>
    public void Reconfigure(BootstrapSpec bootstrap)
    {
        _bootstrap = bootstrap;
        _voucher.Reconfigure(bootstrap);
    }

    /// <inheritdoc/>
    public void Dispose() => _voucher.Dispose();
}
