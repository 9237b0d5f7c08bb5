using System.Collections.Immutable;
using System.Net.Sockets;
using GatewayMesh.Admin.Http;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Events;
using GatewayMesh.Guard.Carrying;
using GatewayMesh.Guard.Leases;
using GatewayMesh.Guard.Registration;
using GatewayMesh.Guard.Workers;
using GatewayMesh.Identity;
using GatewayMesh.Linux;
using GatewayMesh.Startup;
using GatewayMesh.Terminal;

namespace GatewayMesh.Guard;

/// <summary>
/// The guard: owns the sidecar's listening sockets, lends them to a worker, and carries connections to a gateway while no worker serves.
/// Composition only: <see cref="LeaseMachine"/> decides, and <see cref="GuardLoop"/> is the loop.
/// </summary>
internal sealed class GuardProcess : IDisposable
{
    private static readonly TimeSpan QuietAtTheEnd = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CarriedCheck = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time;
    private readonly EventLog _events;
    private readonly GuardListeners _listeners = new();
    private readonly WarmTunnels _warm = new();
    private readonly GatewayDirectory _directory;
    private readonly GatewayWatch _watch;
    private readonly Carrier _carrier;
    private readonly Exerciser _exerciser;
    private readonly GuardLoop _loop;
    private readonly IGuardRegistration _registration;
    private readonly LockFile _lock;
    private readonly Socket _admin;
    private readonly AdminToken _token;
    private readonly CancellationTokenSource _stop = new();
    private long _carriedAtTrim = -1;
    private BootstrapLoad _load;
    private volatile ReachRules _reach;
    private volatile GuardView _view = new(Acceptor.Holding, Drained: false, Upgrading: false, []);
    private Task _loaded = Task.CompletedTask;
    private Upgrade? _upgrade;

    private GuardProcess(BootstrapLoad load, TimeProvider time)
    {
        _time = time;
        StartedAt = time.GetTimestamp();
        _load = load;
        var bootstrap = load.Bootstrap;
        _reach = ReachRules.Of(bootstrap, _time);
        _lock = DataFolders.Lock(bootstrap);
        _admin = Listening.OpenAdmin(bootstrap);
        _token = new AdminToken(bootstrap.AdminToken);
        _events = new EventLog(bootstrap.Node, "guard", time: time) { MaxPerSecond = bootstrap.Logs.MaxEventsPerSecond };
        _directory = new GatewayDirectory(bootstrap.RunDir);
        Certificates = bootstrap.Identity == IdentityMode.Mtls ? new CertificateFolder(bootstrap.Certificates, _time) : null;
        _watch = new GatewayWatch(_time, ReportGatewayAnswers);
        var dialer = new TunnelDialer(Certificates, bootstrap.GatewayService, _time, () => _reach);
        _carrier = new Carrier(_directory, dialer, _warm, _watch, bootstrap.Node, Versions.Current, _time);
        _exerciser = new Exerciser(
            _directory, dialer, _warm, _watch, () => _listeners.CarriedServices, bootstrap.Node, Versions.Current, _time);
        _loop = new GuardLoop(
            Plan(load),
            _listeners,
            _carrier,
            _time,
            new Random(Environment.ProcessId),
            (level, happened, message) => _events.Write(level, happened, message)) { Changed = Changed, Signaled = HandleSignal };
        _registration = bootstrap.Registry!.Kind == "consul"
            ? new ConsulGuardRegistration(bootstrap, _time, (happened, message) => _events.Warning(happened, message))
            : new FolderRegistration(bootstrap, _time);
    }

    /// <summary>The loop, for status.</summary>
    internal GuardLoop Loop => _loop;

    /// <summary>The latest view of the guard.</summary>
    internal GuardView View => _view;

    internal Carrier Carrier => _carrier;

    internal GatewayWatch Watch => _watch;

    /// <summary>The node's certificates, shared with the worker; null with plaintext identity.</summary>
    internal CertificateFolder? Certificates { get; }

    /// <summary>State of the certificates in their folder; null with plaintext identity.</summary>
    internal CertificateReport? CertificateReport =>
        Certificates is null
            ? null
            : CertificateReport.Of(
                Certificates, _load.Bootstrap.Identities, ImmutableSortedDictionary<string, string>.Empty, _time.GetUtcNow());

    internal BootstrapLoad Load => _load;

    /// <summary>True once an upgrade has started.</summary>
    internal bool IsUpgrading => _upgrade is not null;

    /// <summary>Clock of the whole guard.</summary>
    internal TimeProvider Time => _time;

    /// <summary>Start of the guard, by its clock.</summary>
    internal long StartedAt { get; }

    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    /// <exception cref="RoleFailure">The guard cannot start.</exception>
    internal static int Run(BootstrapLoad load, TimeProvider time)
    {
        DataFolders.Create(load.Bootstrap);
        using var guard = new GuardProcess(load, time);
        return guard.Run();
    }

    /// <summary>Drains the node, or returns it to the mesh.</summary>
    internal void Drain(bool undo)
    {
        if (!undo)
        {
            _registration.Leave();
        }
        else
        {
            _registration.Return();
        }

        _loop.Post(undo ? new GuardEvent.UndrainRequested() : new GuardEvent.DrainRequested());
    }

    /// <summary>Starts an upgrade to the binary on disk.</summary>
    internal void BeginUpgrade()
    {
        if (Interlocked.CompareExchange(ref _upgrade, new Upgrade(_loop, _carrier, _events, _loaded, _time), null) is null)
        {
            _loop.LastUpgrade = null;
            _ = Task.Run(async () =>
            {
                await _upgrade!.RunAsync(() => _view).ConfigureAwait(false);
                _upgrade = null;
            });
        }
    }

    public void Dispose()
    {
        _listeners.Dispose();
        _loop.Dispose();
        _carrier.Dispose();
        _warm.Dispose();
        Certificates?.Dispose();
        _admin.Dispose();
        _events.Dispose();
        _lock.Dispose();
        _stop.Dispose();
    }

    private int Run()
    {
        // From here on the file may be replaced at any time. Both are read from the file only once.
        _ = WorkerPlan.Executable;
        _loaded = Task.Run(() => ProgramAssemblies.Load(forGuard: true));
        var handover = Handover.Take();
        handover?.PutInto(_listeners);
        if (Certificates is not null)
        {
            Certificates.Changed += _exerciser.Hurry; // with new certificates the gateways may respond
            Certificates.Start();
        }

        _loop.TakeOver(handover);
        BindTheRest();
        using var admin = new AdminServer(_admin, GuardAdmin.Routes(this), token: _token);
        ReportGatewayAnswers();
        if (handover is not null)
        {
            _loop.Counts.Restore(handover.Counts);
            FinishUpgrade(handover);
        }

        _ = Task.Run(() => _exerciser.RunAsync(_stop.Token));
        using var trimming = _time.CreateTimer(_ => TrimAfterUse(), null, TrimInterval, TrimInterval);
        _registration.Report(_view);
        _registration.Start();
        ServiceNotification.Send("READY=1");
        _events.Info(
            "guard_started",
            $"guard of {_load.Bootstrap.Node}, identity {_load.Bootstrap.Identity.ToString().ToLowerInvariant()}",
            ("admin", _load.Bootstrap.Admin.ToString()),
            ("version", Versions.Current));
        _loop.Run();
        EndCarried();
        _stop.Cancel();
        _registration.Dispose();
        File.Delete(Plan(_load).WorkerSocket);
        _events.Info("guard_ended", "all listeners are closed");
        return ExitCode.Well;
    }

    /// <summary>Does everything that needs no port and no lock, as a trial run by the guard to be replaced.</summary>
    internal static int Try(BootstrapLoad load)
    {
        _ = new LeaseMachine(LeaseSettings.From(load.Bootstrap), new Random(Environment.ProcessId));
        _ = ListenerPlan.For(load.Bootstrap);
        ProgramAssemblies.Load(forGuard: true);
        Trial.Answer();
        return ExitCode.Well;
    }

    private void FinishUpgrade(Handover handover)
    {
        if (handover.WorkerIsUpgraded)
        {
            _loop.LastUpgrade = new GuardAction.UpgradeEnded(true, $"worker and guard run version {Versions.Current}");
            _events.Info("upgraded", _loop.LastUpgrade.Reason);
        }
        else
        {
            _loop.Post(new GuardEvent.UpgradeRequested());
        }
    }

    private static WorkerPlan Plan(BootstrapLoad load) => new(load.Bootstrap, load.Options, load.Content);

    // The sockets of a handover or an adopted worker are bound already.
    private void BindTheRest()
    {
        var wanted = ListenerPlan.For(_load.Bootstrap);
        foreach (
            var gone in _listeners.All.Where(
                listener => !wanted.Any(spec => spec.Name == listener.Spec.Name && spec.Address.Equals(listener.Spec.Address))).ToList())
        {
            _listeners.Remove(gone.Spec.Name);
        }

        foreach (var (spec, socket) in Listening.Open(_load.Bootstrap, wanted.Where(spec => _listeners.Find(spec.Name) is null)))
        {
            _listeners.Put(spec, socket);
        }
    }

    private void Reload()
    {
        try
        {
            var next = BootstrapLoad.From(_load.Options);
            if (next.Bootstrap.Node != _load.Bootstrap.Node
                || next.Bootstrap.DataDir != _load.Bootstrap.DataDir
                || next.Bootstrap.RunDir != _load.Bootstrap.RunDir
                || !next.Bootstrap.Admin.Equals(_load.Bootstrap.Admin)
                    || next.Bootstrap.Registry != _load.Bootstrap.Registry
                    || next.Bootstrap.Role != _load.Bootstrap.Role
                || next.Bootstrap.Identity != _load.Bootstrap.Identity || next.Bootstrap.Certificates != _load.Bootstrap.Certificates)
            {
                throw new RoleFailure(
                    ExitCode.Usage,
                    $"{next.Bootstrap.File}: role, node, dataDir, runDir, registry, identity, certificates and admin cannot change while "
                        + $"the process runs; restart it");
            }

            _loop.Post(() => Reload(next));
        }
        catch (RoleFailure failure)
        {
            _events.Error("reload_refused", $"{failure.Message}; the previous configuration stays in force");
        }
    }

    // On the loop's thread. Everything new is bound before anything old changes: one address that cannot be bound refuses the whole reload.
    private void Reload(BootstrapLoad next)
    {
        try
        {
            var wanted = ListenerPlan.For(next.Bootstrap);
            var fresh = Listening.Open(
                next.Bootstrap, wanted.Where(spec => _listeners.Find(spec.Name) is not { } now || !now.Spec.Address.Equals(spec.Address)));
            var opened = wanted
                .Where(spec => _listeners.Find(spec.Name)?.Spec != spec)
                .Select(
                    spec => new OwnedListener(
                        spec, fresh.FirstOrDefault(listener => listener.Spec == spec).Socket ?? _listeners.Find(spec.Name)!.Socket))
                .ToList();
            var closed = _listeners.All.Select(listener => listener.Spec.Name)
                .Where(name => !wanted.Any(spec => spec.Name == name))
                .ToList();
            _load = next;
            _reach = ReachRules.Of(next.Bootstrap, _time);
            _token.Use(next.Bootstrap.AdminToken);
            _registration.Reconfigure(next.Bootstrap);
            _loop.Reload(Plan(next), opened, closed);
            _events.Info("reloaded", $"the bootstrap file was reloaded: {opened.Count} listeners added or changed, {closed.Count} removed");
        }
        catch (RoleFailure failure)
        {
            _events.Error("reload_refused", $"{failure.Message}; the previous configuration stays in force");
        }
    }

    private void Changed(GuardView view)
    {
        _view = view;
        _registration.Report(view);
    }

    private void ReportGatewayAnswers()
    {
        var any = _watch.AnyOf(_listeners.CarriedServices.SelectMany(service => _directory.Of(service)));
        _loop.Post(new GuardEvent.GatewaysAnswer(any));
        if (!any)
        {
            _exerciser.Hurry();
        }
    }

    private void TrimAfterUse()
    {
        var counts = _carrier.Counts;
        if (counts.Open == 0 && counts.Total != _carriedAtTrim)
        {
            _carriedAtTrim = counts.Total;
            UnusedMemory.Return();
        }
    }

    // No new connections arrive any more. Idle ones are closed, and the rest may finish.
    private void EndCarried()
    {
        var began = _time.GetTimestamp();
        while (_carrier.Counts.Open > 0 && _time.GetElapsedTime(began) < _load.Bootstrap.DrainTimeout)
        {
            _carrier.EndQuiet(QuietAtTheEnd);
            Task.Delay(CarriedCheck, _time).GetAwaiter().GetResult();
        }
    }

    // On the loop's thread.
    private void HandleSignal(int signal)
    {
        switch (signal)
        {
            case HeldSignals.Hangup:
                _ = Task.Run(Reload);
                break;
            case HeldSignals.User2:
                BeginUpgrade();
                break;
            default:
                Stop();
                break;
        }
    }

    private void Stop()
    {
        ServiceNotification.Send("STOPPING=1");
        _registration.Leave();
        _loop.Post(new GuardEvent.StopRequested());
    }
}
