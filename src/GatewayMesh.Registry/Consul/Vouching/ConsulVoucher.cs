using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Agents;
using GatewayMesh.Registry.Consul.Registration;

namespace GatewayMesh.Registry.Consul.Vouching;

/// <summary>
/// A guard's word to Consul, on a thread of its own: whether the worker that registered this node holds the lease, said at once when that
/// changes and every 3 s. So a dead sidecar is critical within milliseconds while its guard lives, and within 10 s when both are dead.
/// While no worker serves it also keeps the node's record; when the node leaves it sees to it that nothing is left registered.
/// </summary>
public sealed class ConsulVoucher : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly AgentLinks _links;
    private readonly StandInKey _key;
    private readonly Action<string, string> _report;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Thread _thread;
    private volatile VouchedState _wanted;
    private volatile bool _end;
    private VouchedState? _withdrawn;
    private bool _silent;

    /// <summary>Begins to vouch when <see cref="Start"/> is called.</summary>
    /// <param name="bootstrap">The node; its registry is a Consul.</param>
    /// <param name="time">Clock of the agents' absences.</param>
    /// <param name="report">Hears a word and a sentence when the agent falls silent, and when it answers again.</param>
    public ConsulVoucher(BootstrapSpec bootstrap, TimeProvider time, Action<string, string> report)
    {
        ArgumentNullException.ThrowIfNull(bootstrap);
        _links = new AgentLinks(ConsulAccess.Of(bootstrap.Registry!), time);
        _key = new StandInKey(_links, time);
        _report = report;
        _wanted = new VouchedState(bootstrap, Serves: false, StandIn: null, Left: false);
        _thread = new Thread(Run, maxStackSize: 256 * 1024) { Name = "vouching", IsBackground = true };
    }

    /// <summary>Begins.</summary>
    public void Start() => _thread.Start();

    /// <summary>Whether a worker holds the lease, and what to say of the node while none does.</summary>
    public void Say(bool serves, NodeRecord? standIn)
    {
        _wanted = _wanted with { Serves = serves, StandIn = standIn };
        _ = _wake.Set();
    }

    /// <summary>The node leaves the mesh, or comes back.</summary>
    public void Leave(bool leave)
    {
        _wanted = _wanted with { Left = leave };
        _ = _wake.Set();
    }

    /// <summary>The node's bootstrap was read again.</summary>
    public void Reconfigure(BootstrapSpec bootstrap) => _wanted = _wanted with { Bootstrap = bootstrap };

    /// <summary>Says what is still to be said, for 2 s at most.</summary>
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
                _report("registry-silent", $"{failure.Message}; it is tried again every {Interval.TotalSeconds:0} s");
            }
        }
    }

    private void Vouch(VouchedState wanted)
    {
        var status = AgentServiceJson.Status(wanted.Serves, wanted.Serves ? "" : $"no worker of {wanted.Bootstrap.Node} holds the lease");
        foreach (var id in ConsulNames.Serving(wanted.Bootstrap))
        {
            // One that the agent does not know is not registered yet, or not any more: the worker sees to it.
            _ = _links.Send("PUT", $"/v1/agent/check/update/{Uri.EscapeDataString(ConsulNames.LiveCheck(id))}", status);
        }
    }

    // The worker does the same when it drains. There may be none.
    private void Withdraw(VouchedState wanted)
    {
        foreach (var service in DeclaredServices.Of(wanted.Bootstrap, agentIsHere: true).Reverse())
        {
            var id = Uri.EscapeDataString(service.Id);
            if (service.IsForeign)
            {
                _ = _links.Send("PUT", $"/v1/agent/service/maintenance/{id}?enable=true&reason={Uri.EscapeDataString(ServiceAssertion.DrainReason)}", default);
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
