using System.Collections.Immutable;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Admin.Http;
using GatewayMesh.Admin.Views;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Events;
using GatewayMesh.Linux;
using GatewayMesh.Nodes;
using GatewayMesh.Startup;
using GatewayMesh.Terminal;

namespace GatewayMesh.Roles;

/// <summary>A role in one process: gateway, ingress, or a sidecar without a guard.</summary>
internal sealed class StandaloneHost : IDisposable
{
    private readonly BootstrapLoad _load;
    private readonly LockFile _lock;
    private readonly EventLog _events;
    private readonly Socket _admin;
    private readonly MeshNode _node;
    private readonly AdminToken _token;
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NodeDrain _drain;
    private readonly TimeProvider _time;
    private readonly long _started;
    private Dictionary<string, ListenerSpec> _listeners = [];

    private StandaloneHost(BootstrapLoad load, TimeProvider time)
    {
        (_time, _started) = (time, time.GetTimestamp());
        _load = load;
        _lock = DataFolders.Lock(load.Bootstrap);
        _admin = Listening.OpenAdmin(load.Bootstrap);
        _token = new AdminToken(load.Bootstrap.AdminToken);
        _events = new EventLog(
            load.Bootstrap.Node,
            load.Bootstrap.Role.Word(),
            time: time) { MaxPerSecond = load.Bootstrap.Logs.MaxEventsPerSecond };
        var pids = ImmutableSortedDictionary<string, int>.Empty.Add("process", Environment.ProcessId);
        _node = new MeshNode(load.Bootstrap, pids, _events, progress: null, time);
        _drain = new NodeDrain(_node, _events);
    }

    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    /// <exception cref="RoleFailure">The role cannot start.</exception>
    internal static int Run(BootstrapLoad load, TimeProvider time)
    {
        CheckFiles(load.Bootstrap);
        DataFolders.Create(load.Bootstrap);
        using var host = new StandaloneHost(load, time);
        host.RunAsync().GetAwaiter().GetResult();
        return ExitCode.Well;
    }

    public void Dispose()
    {
        _admin.Dispose();
        _events.Dispose();
        _drain.Dispose();
        _lock.Dispose();
    }

    private async Task RunAsync()
    {
        OpenListeners(RoleTable.Of(_load.Bootstrap).Listeners(_load.Bootstrap));
        using var admin = new AdminServer(_admin, Routes(), token: _token);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            Reload();
        });
        await _node.StartAsync().ConfigureAwait(false);
        await Task.WhenAny(_node.Configuration.Answered, _stop.Task).ConfigureAwait(false);
        _node.Serve(true);
        _ = Task.Run(() => ProgramAssemblies.Load(forGuard: false));
        ServiceNotification.Send("READY=1");
        _events.Info(
            "started",
            $"{_load.Bootstrap.Role.Word()} {_load.Bootstrap.Node} serves",
            ("admin", _load.Bootstrap.Admin.ToString()),
            ("identity", _load.Bootstrap.Identity.ToString().ToLowerInvariant()));
        await _stop.Task.ConfigureAwait(false);
        ServiceNotification.Send("STOPPING=1");
        await _drain.DrainAsync().ConfigureAwait(false);
        await _node.DisposeAsync().ConfigureAwait(false);
    }

    private static void CheckFiles(BootstrapSpec bootstrap)
    {
        if (RoleTable.Of(bootstrap).FileErrors(bootstrap) is { IsEmpty: false } errors)
        {
            throw new RoleFailure(ExitCode.Usage, string.Join('\n', errors));
        }
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _stop.TrySetResult();
    }

    private void OpenListeners(IEnumerable<ListenerSpec> listeners)
    {
        foreach (var (spec, socket) in Listening.Open(_load.Bootstrap, listeners))
        {
            _listeners[spec.Name] = spec;
            _node.Plane.Open(spec, socket);
        }
    }

    // Unchanged listeners keep their sockets; new ones are bound before anything else changes.
    private void Reload()
    {
        try
        {
            var next = BootstrapLoad.From(_load.Options).Bootstrap;
            CheckFiles(next);
            var wanted = RoleTable.Of(next).Listeners(next).ToDictionary(listener => listener.Name);
            var opened = Listening.Open(
                next,
                wanted.Values.Where(
                    listener => !_listeners.TryGetValue(listener.Name, out var now) || !now.Address.Equals(listener.Address)));
            foreach (
                var gone in _listeners.Values.Where(
                    listener => !wanted.TryGetValue(listener.Name, out var then) || !then.Address.Equals(listener.Address)))
            {
                _node.Plane.Close(gone.Name);
            }

            foreach (var (spec, socket) in opened)
            {
                _node.Plane.Open(spec, socket);
            }

            _listeners = wanted;
            _node.Reconfigure(next);
            _token.Use(next.AdminToken);
            _events.Info("reloaded", "the bootstrap file was reloaded");
        }
        catch (RoleFailure failure)
        {
            _events.Error("reload_refused", $"{failure.Message}; the previous configuration stays in force");
        }
    }

    private Dictionary<(string Method, string Path), AdminHandler> Routes()
    {
        var routes = NodeAdmin.Shown(_node);
        routes[("GET", "/status")] = _ => AdminResponse.OfDocument(200, Status(), AdminJson.Default.NodeStatus);
        routes[("POST", "/drain")] = request =>
        {
            var undo = DrainOrder.Read(request.Body.Span).Undo;
            _ = undo ? _drain.UndrainAsync() : _drain.DrainAsync();
            return AdminResponse.OfText(202, undo ? "returning\n" : "draining\n");
        };
        routes[("POST", "/upgrade")] = _ =>
            AdminResponse.OfError(
                501,
                "not_supported",
                "only a sidecar upgrades in place; drain this process, stop it and start the new binary: other instances take over "
                    + "meanwhile");
        return routes;
    }

    private NodeStatus Status() => StatusHead.On(
        NodeAdmin.Status(_node) with { Drained = _drain.IsDrained },
        _node.Bootstrap,
        Versions.Current,
        _time.GetElapsedTime(_started),
        _drain.IsDrained ? "none" : _node.Tier,
        ImmutableSortedDictionary<string, int>.Empty.Add("process", Environment.ProcessId));
}
