using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Faults;

/// <summary>
/// The worst case: no worker and no gateway is left. Applications must be refused at once, not left waiting, and served as soon as the
/// first gateway is back, although the worker stays down.
/// </summary>
internal sealed class GatewaysDownFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time, TimeSpan hold) : Fault(mesh, trace, time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        var addresses = RunningGateway.Addresses(Mesh);
        if (addresses.Count == 0)
        {
            throw new CommandFailure(ExitCode.Failed, "the node knows no gateway");
        }

        Step(addresses);
        During(hold, Every, () => Step(addresses), cancellation);
        Trace.Note($"held {addresses.Count} gateways and the worker down for {DurationText.Format(hold)}");

        // Only the worker is held down from here on: the supervisor restarts the gateways.
        var back = Await(
            () =>
            {
                KillWorker();
                return addresses.Any(gateway => RunningGateway.Now(Mesh, gateway.Node, gateway.Admin) is not null);
            },
            ReturnLimit,
            cancellation);
        if (!back)
        {
            Trace.Note(
                $"no gateway was restarted within {DurationText.Format(ReturnLimit)}; run the gateways under systemd or `gatewaymesh "
                    + $"demo`");
            return;
        }

        Trace.GatewayBackAt = Trace.Now;
        Trace.Note("the first gateway is back; the worker is still held down");
        During(Afterwards, Every, KillWorker, cancellation);
    }

    private void Step(IReadOnlyList<(string Node, Configuration.Values.HostPort Admin)> addresses)
    {
        KillWorker();
        foreach (var gateway in addresses.Select(address => RunningGateway.Now(Mesh, address.Node, address.Admin)).OfType<RunningGateway>())
        {
            Kill(gateway.Pid, ProcessKind.Gateway);
        }
    }
}
