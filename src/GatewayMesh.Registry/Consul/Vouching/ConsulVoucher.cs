using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Agents;
using GatewayMesh.Registry.Consul.Registration;

namespace GatewayMesh.Registry.Consul.Vouching;

/// <summary>
/// Reports to Consul for the guard, on its own thread, that the registered worker holds the lease: at once on changes and every 3 s. A dead
/// sidecar is thus critical within milliseconds while its guard lives, and within 10 s when both are dead. While no worker serves, also
/// keeps the node's record. When the node leaves, removes all remaining registrations.
/// </summary>
public sealed class ConsulVoucher : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly AgentLinks _links;
    private readonly GuardNodeKey _key;
    private readonly Action<string, string> _report;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Thread _thread;
    private volatile VouchedState _wanted;
    private volatile bool _end;
    private VouchedState? _withdrawn;
    private bool _silent;

    /// <summary>Creates the voucher. <see cref="Start"/> starts its thread.</summary>
    /// <param name="bootstrap">The node's bootstrap, with Consul as the registry.</param>
    /// <param name="time">Clock for the agents' outages.</param>
    /// <param name="report">Called with an event name and a text when the agent falls silent and when it answers again.</param>
    public ConsulVoucher(BootstrapSpec bootstrap, TimeProvider time, Action<string, string> report)
    {
        ArgumentNullException.ThrowIfNull(bootstrap);
        _links = new AgentLinks(ConsulAccess.Of(bootstrap.Registry!), time);
        _key = new GuardNodeKey(_links, time);
        _report = report;
        _wanted = new VouchedState(bootstrap, Serves: false, StandIn: null, Left: false);
        _thread = new Thread(Run, maxStackSize: 256 * 1024) { Name = "vouching", IsBackground = true };
    }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Sets the lease state, and the record to publish while no worker holds the lease.</summary>
    public void Report(bool serves, NodeRecord? standIn)
    {
        _wanted = _wanted with { Serves = serves, StandIn = standIn };
        _ = _wake.Set();
    }

    /// <summary>Marks the node as leaving the mesh, or as back.</summary>
    public void Leave(bool leave)
    {
        _wanted = _wanted with { Left = leave };
        _ = _wake.Set();
    }

    /// <summary>Takes the reloaded bootstrap.</summary>
    public void Reconfigure(BootstrapSpec bootstrap) => _wanted = _wanted with { Bootstrap = bootstrap };

    /// <summary>Sends the last state, for at most 2 s.</summary>
    public void Dispose()
    {
        _end = true;
        _ = _wake.Set();
        if (!_thread.IsAlive || _thread.Join(EndLimit))
        {
            _links.Dispose();
            _wake.Dispose();
        }
    }

    private void Run()
    {
        while (!_end)
        {
            Turn(_wanted);
            _ = _wake.WaitOne(Interval);
        }

        if (_wanted.Left)
        {
            Turn(_wanted);
        }
    }

    private void Turn(VouchedState wanted)
    {
        try
        {
            if (!wanted.Left)
            {
                _withdrawn = null;
                Vouch(wanted);
                _key.Keep(wanted.StandIn);
            }
            else if (_withdrawn is null)
            {
                Withdraw(wanted);
                _withdrawn = wanted;
            }

            if (_silent)
            {
                _silent = false;
                _report("registry-answers", "the Consul agent answers again");
            }
        }
        catch (IOException failure)
        {
            if (!_silent)
            {
                _silent = true;
                _report("registry-silent", $"{failure.Message}; retrying every {Interval.TotalSeconds:0} s");
            }
        }
    }

    private void Vouch(VouchedState wanted)
    {
        var status = AgentServiceJson.Status(wanted.Serves, wanted.Serves ? "" : $"no worker of {wanted.Bootstrap.Node} holds the lease");
        foreach (var id in ConsulNames.Serving(wanted.Bootstrap))
        {
            // A check unknown to the agent is not registered, or no longer. Registering is the worker's task.
            _ = _links.Send("PUT", $"/v1/agent/check/update/{Uri.EscapeDataString(ConsulNames.LiveCheck(id))}", status);
        }
    }

    // The worker does the same when it drains, but there may be no worker.
    private void Withdraw(VouchedState wanted)
    {
        foreach (var service in DeclaredServices.Of(wanted.Bootstrap, agentIsHere: true).Reverse())
        {
            var id = Uri.EscapeDataString(service.Id);
            if (service.IsForeign)
            {
                _ = _links.Send(
                    "PUT",
                    $"/v1/agent/service/maintenance/{id}?enable=true&reason={Uri.EscapeDataString(ServiceAssertion.DrainReason)}",
                    default);
                _ = _links.Send("PUT", $"/v1/agent/check/deregister/{Uri.EscapeDataString(ConsulNames.LiveCheck(service.Id))}", default);
            }
            else
            {
                _ = _links.Send("PUT", $"/v1/agent/service/deregister/{id}", default);
            }
        }

        _key.Forget();
        _ = _links.Send("DELETE", $"/v1/kv/{ConsulNames.NodeKey(Uri.EscapeDataString(wanted.Bootstrap.Node))}", default);
    }
}
