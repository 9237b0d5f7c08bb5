using System.Collections.Immutable;
using System.Reflection;
using GatewayMesh.Client.Connections;
using GatewayMesh.Client.Gateways;
using GatewayMesh.Client.Identity;
using GatewayMesh.Client.Settings;
using GatewayMesh.Client.Telemetry;

namespace GatewayMesh.Client.Routes;

/// <summary>All targets that this client knows now: the sidecar, and the gateways of the options or of the file.</summary>
internal sealed class TargetTable : IDisposable
{
    private static readonly string Version = "client/" + (
        typeof(TargetTable).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? "0");
    private readonly ClientSettings _settings;
    private readonly TimeProvider _time;
    private readonly GatewaysFile? _file;
    private readonly Lock _changing = new();
    private readonly IdentityFiles? _identity;
    private readonly Dictionary<GatewayEntry, Target> _known = [];
    private string? _rootsMark;
    private ImmutableArray<GatewayEntry> _listed = [];
    private ImmutableArray<Target> _gateways = [];

    public TargetTable(ClientSettings settings, TimeProvider time, Func<double> random, ClientLog log)
    {
        _settings = settings;
        _time = time;
        _file = settings.Gateways.IsEmpty && settings.GatewaysFile is { } path ? new GatewaysFile(path, time) : null;
        _identity = settings is { IdentityFile: { } identity, RootsFile: { } roots } ? new IdentityFiles(identity, roots, time) : null;
        if (settings.Outbound is { } outbound)
        {
            Sidecar = new Target(Tier.Sidecar, outbound, new SidecarDialer(outbound, settings.ConnectTimeout, time), settings, time);
            TargetBreaker = new TargetBreaker(Sidecar, settings, time, random, log);
            ClientMetrics.Watch(TargetBreaker, outbound.ToString());
        }

        Follow(settings.Gateways);
    }

    public Target? Sidecar { get; }

    public TargetBreaker? TargetBreaker { get; }

    /// <summary>The gateways, best first; avoided gateways come last.</summary>
    public ImmutableArray<Target> Gateways
    {
        get
        {
            if (_file is not null)
            {
                Follow(_file.Current);
            }

            LeaveConnectionsOfOldRoots();

            var gateways = _gateways;
            return gateways.Any(gateway => gateway.IsAvoided) ? [.. gateways.OrderBy(gateway => gateway.IsAvoided)] : gateways;
        }
    }

    /// <summary>The order of targets for one request.</summary>
    public TargetSequence InOrder() => new(this);

    public void Dispose()
    {
        TargetBreaker?.Dispose();
        Sidecar?.Dispose();
        foreach (var gateway in _gateways)
        {
            gateway.Dispose();
        }
    }

    // Gateways that stay in the list keep their connections.
    private void Follow(ImmutableArray<GatewayEntry> listed)
    {
        if (listed == _listed)
        {
            return;
        }

        lock (_changing)
        {
            if (listed == _listed)
            {
                return;
            }

            var wanted = listed.Distinct().ToList();
            foreach (var entry in wanted.Where(entry => !_known.ContainsKey(entry)))
            {
                _known.Add(entry, Gateway(entry));
            }

            _gateways = [.. wanted.Select(entry => _known[entry])];
            _listed = listed;
            foreach (var gone in _known.Keys.Except(wanted).ToList())
            {
                _ = _known.Remove(gone, out var target);
                target!.Dispose();
            }
        }
    }

    // Existing connections were verified with the previous roots.
    private void LeaveConnectionsOfOldRoots()
    {
        if (_listed.All(entry => entry.Tls is null)
            || _identity?.Current?.RootsMark is not { } mark
            || mark == Volatile.Read(ref _rootsMark))
        {
            return;
        }

        if (Interlocked.Exchange(ref _rootsMark, mark) is { } before && before != mark)
        {
            foreach (var gateway in _gateways)
            {
                gateway.LeaveConnections();
            }
        }
    }

    private Target Gateway(GatewayEntry entry)
    {
        var security = entry.Tls is { } tls && _identity is { } identity ? new TunnelSecurity(identity, tls, _time) : null;
        var dialer = new GatewayTunnelDialer(
            entry, TunnelHelloWriter.Write(_settings.Service, _settings.Node, Version), security, _settings.TunnelTimeout, _time);
        return new Target(Tier.Gateway, entry.Address, dialer, _settings, _time);
    }
}
