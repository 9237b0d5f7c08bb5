using System.Collections.Immutable;
using System.Reflection;
using GatewayMesh.Client.Connections;
using GatewayMesh.Client.Gateways;
using GatewayMesh.Client.Settings;
using GatewayMesh.Client.Telemetry;

namespace GatewayMesh.Client.Routes;

/// <summary>Every way into the mesh that this client knows now: the sidecar, and the gateways of the options or of the file.</summary>
internal sealed class RouteTable : IDisposable
{
    private static readonly string Version = "client/" + (typeof(RouteTable).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0");
    private readonly ClientSettings _settings;
    private readonly TimeProvider _time;
    private readonly GatewaysFile? _file;
    private readonly Lock _changing = new();
    private ImmutableArray<HostPort> _listed = [];
    private ImmutableArray<Target> _gateways = [];

    public RouteTable(ClientSettings settings, TimeProvider time, Func<double> random, ClientLog log)
    {
        _settings = settings;
        _time = time;
        _file = settings.Gateways.IsEmpty && settings.GatewaysFile is { } path ? new GatewaysFile(path, time) : null;
        if (settings.Outbound is { } outbound)
        {
            Sidecar = new Target(Tier.Sidecar, outbound, new SidecarDialer(outbound, settings.ConnectTimeout, time), settings, time);
            Breaker = new Breaker(Sidecar, settings, time, random, log);
            ClientMetrics.Watch(Breaker, outbound.ToString());
        }

        Follow(settings.Gateways);
    }

    public Target? Sidecar { get; }

    public Breaker? Breaker { get; }

    /// <summary>The gateways, best first; those to be avoided for a moment come last.</summary>
    public ImmutableArray<Target> Gateways
    {
        get
        {
            if (_file is not null)
            {
                Follow(_file.Current);
            }

            var gateways = _gateways;
            return gateways.Any(gateway => gateway.IsAvoided) ? [.. gateways.OrderBy(gateway => gateway.IsAvoided)] : gateways;
        }
    }

    /// <summary>The order of ways for one request.</summary>
    public Course Plot() => new(this);

    public void Dispose()
    {
        Breaker?.Dispose();
        Sidecar?.Dispose();
        foreach (var gateway in _gateways)
        {
            gateway.Dispose();
        }
    }

    // Gateways that stay listed keep their connections.
    private void Follow(ImmutableArray<HostPort> listed)
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

            var known = _gateways.ToDictionary(gateway => gateway.Address);
            _gateways = [.. listed.Distinct().Select(address => known.Remove(address, out var gateway) ? gateway : Gateway(address))];
            _listed = listed;
            foreach (var gone in known.Values)
            {
                gone.Dispose();
            }
        }
    }

    private Target Gateway(HostPort address) =>
        new(Tier.Gateway, address, new TunnelDialer(address, TunnelHello.Write(_settings.Service, _settings.Node, Version), _settings.TunnelTimeout, _time), _settings, _time);
}
