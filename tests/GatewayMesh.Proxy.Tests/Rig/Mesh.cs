using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Naming;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>A data plane with real listeners on free loopback ports, and the test's snapshot.</summary>
internal sealed class Mesh : IAsyncDisposable
{
    private readonly Dictionary<string, ServiceModel> _services = [];
    private readonly List<GatewayModel> _gateways = [];
    private readonly Dictionary<(string, int), IngressModel> _ingress = [];
    private readonly Dictionary<string, TargetModel> _targets = [];
    private readonly Dictionary<string, string> _subsets = [];
    private readonly Dictionary<string, ResolverNode> _flagged = [];
    private IntentionTable _intentions = IntentionTable.Of(DeclaredIntentions.None);
    private PolicyModel _policy = PolicyModel.Default;
    private FrozenDictionary<string, JwtIssuerModel> _providers = FrozenDictionary<string, JwtIssuerModel>.Empty;
    private FrozenDictionary<string, FeatureFlagEntry> _flags = FrozenDictionary<string, FeatureFlagEntry>.Empty;
    private ServiceNames? _names;
    private int _revision;

    private Mesh(DataPlane plane) => Plane = plane;

    public DataPlane Plane { get; }

    /// <summary>Starts a data plane without listeners and services, with the lease.</summary>
    public static async Task<Mesh> Start(Func<DataPlaneOptions, DataPlaneOptions>? with = null)
    {
        var options = new DataPlaneOptions { Node = "host-a", RoleName = "sidecar", GatewayShare = 0, Seed = 42, Logs = new TestLogs() };
        var mesh = new Mesh(new DataPlane(with?.Invoke(options) ?? options));
        await mesh.Plane.StartAsync();
        mesh.Plane.Accept(true);
        return mesh;
    }

    /// <summary>Starts a data plane with the outbound address of <c>web</c> and a service <c>payments</c> with these instances.</summary>
    public static async Task<(Mesh Mesh, IPEndPoint Outbound)> WithPayments(params HostPort[] instances)
    {
        var mesh = await Start();
        mesh.Service("payments", instances);
        return (mesh, mesh.Outbound());
    }

    public Mesh Service(string name, params HostPort[] instances) => Service(name, PolicyModel.Default, instances);

    public Mesh Service(string name, PolicyModel policy, params HostPort[] instances)
    {
        _services[name] = new ServiceModel(
            name,
            "http",
            policy,
            [.. instances.Select((address, i) => new EndpointModel(name, $"{name}-{i}", $"node-{i}", address, Healthy: true)
            {
                KeepsKeys = policy.Idempotency.Enabled,
            })]);
        return Apply();
    }

    /// <summary>Sets the route of a service in place of its own instances; adds the service if it has none.</summary>
    public Mesh Route(string name, RouteNode routes)
    {
        _services[name] = (
            _services.GetValueOrDefault(name) ?? new ServiceModel(name, "http", PolicyModel.Default, [])) with { Routes = routes };
        return Apply();
    }

    public Mesh Service(string name, PolicyModel policy, EndpointModel[] instances)
    {
        _services[name] = new ServiceModel(name, "http", policy, [.. instances]);
        return Apply();
    }

    /// <summary>Adds a service whose applications speak <paramref name="protocol"/>: <c>http</c>, <c>http2</c>, or <c>grpc</c>.</summary>
    public Mesh Service(string name, string protocol, PolicyModel policy, params HostPort[] instances)
    {
        Service(name, policy, instances);
        _services[name] = _services[name] with { Protocol = protocol };
        return Apply();
    }

    /// <summary>Adds a service that the registry has but does not watch, with its last known instances.</summary>
    public Mesh DormantService(string name, params HostPort[] instances)
    {
        Service(name, instances);
        _services[name] = _services[name] with { IsDormant = true };
        return Apply();
    }

    /// <summary>Adds a service with one instance without a sidecar.</summary>
    public Mesh BareService(string name, HostPort instance, string protocol = "http")
    {
        _services[name] = new ServiceModel(
            name, protocol, PolicyModel.Default, [new EndpointModel(name, $"{name}-0", "", instance, Healthy: true)]);
        return Apply();
    }

    /// <summary>Adds a service with instances without a sidecar.</summary>
    public Mesh BareService(string name, string protocol, PolicyModel policy, params HostPort[] instances)
    {
        _services[name] = new ServiceModel(
            name,
            protocol,
            policy,
            [.. instances.Select((address, i) => new EndpointModel(name, $"{name}-{i}", "", address, Healthy: true))]);
        return Apply();
    }

    /// <summary>Adds a subset of a service, with instances without a sidecar, that policies may name.</summary>
    public Mesh Subset(string service, string subset, params HostPort[] instances)
    {
        var id = $"{subset}.{service}.default.dc1";
        _targets[id] = new TargetModel(id, service, subset, "dc1")
        {
            Endpoints =
            [
                .. instances.Select((address, i) => new EndpointModel(service, $"{service}-{subset}-{i}", "", address, Healthy: true)),
            ],
        };
        _subsets[MeshSnapshot.SubsetKey(service, subset)] = id;
        return Apply();
    }

    /// <summary>Sets the route of requests for which a flag chooses <paramref name="subset"/>.</summary>
    public Mesh FlaggedSubset(string service, string subset, ResolverNode route)
    {
        _flagged[MeshSnapshot.SubsetKey(service, subset)] = route;
        return Apply();
    }

    public Mesh Gateway(HostPort address, bool healthy = true)
    {
        _gateways.Add(new GatewayModel($"gw-{_gateways.Count}", "default", address, address, healthy));
        return Apply();
    }

    public Mesh Ingress(int port, params (string Host, string Service)[] hosts)
    {
        _ingress[("gatewaymesh-ingress", port)] = new IngressModel(
            hosts.ToFrozenDictionary(each => each.Host, each => each.Service, StringComparer.OrdinalIgnoreCase));
        return Apply();
    }

    /// <summary>Exposes one service under these hosts, with changes to header fields.</summary>
    public Mesh Ingress(int port, string service, FieldEdits edits, params string[] hosts)
    {
        Ingress(port, [.. hosts.Select(host => (host, service))]);
        _ingress[("gatewaymesh-ingress", port)] = _ingress[("gatewaymesh-ingress", port)] with
        {
            Edits = new Dictionary<string, FieldEdits> { [service] = edits }.ToFrozenDictionary(),
        };
        return Apply();
    }

    /// <summary>Sets intentions and the default; without a call everything is allowed.</summary>
    public Mesh Intentions(IntentionAction otherwise, params (string Source, string Destination, IntentionAction Action)[] intentions) =>
        Intentions(new DeclaredIntentions(
            [
                .. intentions.GroupBy(each => each.Destination).Select(
                    group => new ServiceIntentionsEntry
                    {
                        Name = group.Key,
                        Sources = [.. group.Select(each => new IntentionSource(each.Source) { Action = each.Action })],
                    })],
            otherwise));

    /// <summary>Sets intentions; null: unknown.</summary>
    public Mesh Intentions(DeclaredIntentions? intentions)
    {
        _intentions = IntentionTable.Of(intentions);
        return Apply();
    }

    /// <summary>Sets the issuers that intentions name.</summary>
    public Mesh Providers(FrozenDictionary<string, JwtIssuerModel> providers)
    {
        _providers = providers;
        return Apply();
    }

    /// <summary>Adds a service with instances without a sidecar to a catalog of Kubernetes, and with it all of its names.</summary>
    public Mesh Named(params DiscoveredService[] services)
    {
        foreach (var service in services)
        {
            BareService(service.Name, "http", PolicyModel.Default, [.. service.Instances!.Value.Select(instance => instance.Address)]);
        }

        _names = ServiceNames.Of(new ServiceCatalog([.. services], []) { Namespace = "shop" });
        return Apply();
    }

    /// <summary>Sets the feature flags.</summary>
    public Mesh Flags(params FeatureFlagEntry[] flags)
    {
        _flags = flags.ToFrozenDictionary(flag => flag.Name, StringComparer.OrdinalIgnoreCase);
        return Apply();
    }

    /// <summary>Sets the policy named <c>*</c>, as far as it applies to the process.</summary>
    public Mesh Policy(PolicyModel policy)
    {
        _policy = policy;
        return Apply();
    }

    public Mesh Apply()
    {
        Plane.Apply(new MeshSnapshot
        {
            Revision = $"r{++_revision}",
            Services = _services.ToFrozenDictionary(),
            Targets = _targets.ToFrozenDictionary(),
            Subsets = _subsets.ToFrozenDictionary(),
            FlaggedSubsets = _flagged.ToFrozenDictionary(),
            Gateways = [.. _gateways],
            Ingress = _ingress.ToFrozenDictionary(),
            Intentions = _intentions,
            JwtProviders = _providers,
            FeatureFlags = _flags,
            Policy = _policy,
            ServiceNames = _names,
        });
        return this;
    }

    public IPEndPoint Outbound(string service = "web") =>
        Open(ListenerKind.Outbound, $"outbound/{service}", spec => spec with { Service = service });

    public IPEndPoint Inbound(HostPort application, string service = "payments", string protocol = "http") =>
        Open(
            ListenerKind.Inbound,
            $"inbound/{service}",
            spec => spec with { Service = service, Application = application, Protocol = protocol });

    public IPEndPoint Open(ListenerKind kind, string name, Func<ListenerSpec, ListenerSpec>? with = null)
    {
        var socket = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0));
        var spec = new ListenerSpec(name, kind, socket.LocalAddress);
        Plane.Open(with?.Invoke(spec) ?? spec, socket);
        return socket.LocalAddress;
    }

    /// <summary>Returns the metrics as a scraper would read them.</summary>
    /// <summary>Waits until requests whose response has arrived are recorded, and at most 0.2 s for others.</summary>
    public void Settle() => SpinWait.SpinUntil(() => Plane.Inspection.Figures.InFlight == 0, TimeSpan.FromMilliseconds(200));

    public string Metrics()
    {
        Settle();
        var text = new ArrayBufferWriter<byte>();
        Plane.Inspection.WriteMetrics(text);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    public ValueTask DisposeAsync() => Plane.DisposeAsync();
}
