using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;
using GatewayMesh.Registry.Kubernetes.Routes;

namespace GatewayMesh.Proxy.Tests.ServiceRoutes;

/// <summary>
/// Services and routes of a cluster as a test declares them. Objects are JSON with single quotes, and keys without quotes. Each Service has
/// one instance at each port.
/// </summary>
internal sealed partial class SampleCluster
{
    private readonly List<MeshService> _services = [];
    private readonly List<HttpRoute> _http = [];
    private readonly List<GrpcRoute> _grpc = [];
    private readonly HashSet<string> _empty = [];

    /// <summary>
    /// A cluster with the Services <c>api</c>, <c>one</c>, and <c>two</c> in the namespace <c>shop</c>, each with the port 80.
    /// </summary>
    public static SampleCluster Shop => new SampleCluster().Service("shop/api", 80).Service("shop/one", 80).Service("shop/two", 80);

    public SampleCluster Service(string key, params int[] ports) =>
        Service(ServiceOf(key) with { Ports = [.. ports.Select(port => new MeshServicePort(port, $"p{port}"))] });

    public SampleCluster Service(MeshService service)
    {
        _services.RemoveAll(known => (known.Namespace, known.Name) == (service.Namespace, service.Name));
        _services.Add(service);
        return this;
    }

    /// <summary>Adds a Service without endpoints.</summary>
    public SampleCluster Empty(string key, params int[] ports)
    {
        Service(key, ports);
        _empty.Add(key);
        return this;
    }

    public static MeshService ServiceOf(string key) => new(key.Split('/')[0], key.Split('/')[1]);

    /// <summary>Adds an HTTPRoute at the Service <c>api</c> of its namespace, or at other parents.</summary>
    public SampleCluster Http(
        string key, string rules, string parents = "{group:'',kind:'Service',name:'api'}", string created = "2026-01-01T00:00:00Z")
    {
        _http.Add(JsonSerializer.Deserialize(Text("HTTPRoute", key, rules, parents, created), RouteObjectJson.Default.HttpRoute)!);
        return this;
    }

    /// <summary>Adds a GRPCRoute at the Service <c>api</c> of its namespace, or at other parents.</summary>
    public SampleCluster Grpc(
        string key, string rules, string parents = "{group:'',kind:'Service',name:'api'}", string created = "2026-01-01T00:00:00Z")
    {
        _grpc.Add(JsonSerializer.Deserialize(Text("GRPCRoute", key, rules, parents, created), RouteObjectJson.Default.GrpcRoute)!);
        return this;
    }

    /// <summary>Adds a route as an API server has it.</summary>
    public SampleCluster Add(JsonElement item)
    {
        if (item.GetProperty("kind").GetString() == HttpRoute.KindName)
        {
            _http.Add(item.Deserialize(RouteObjectJson.Default.HttpRoute)!);
        }
        else
        {
            _grpc.Add(item.Deserialize(RouteObjectJson.Default.GrpcRoute)!);
        }

        return this;
    }

    /// <summary>Translates the routes for a node in <paramref name="space"/>; the order of the objects has no meaning.</summary>
    public RouteTranslation Translate(string space = "shop") => MeshRoutes.Translate(new RouteObjects
    {
        Namespace = space,
        Services = [.. _services],
        HttpRoutes = [.. _http.AsEnumerable().Reverse()],
        GrpcRoutes = [.. _grpc.AsEnumerable().Reverse()],
    });

    /// <summary>Compiles the routes for a node in <paramref name="space"/>.</summary>
    /// <param name="space">Namespace of the node's applications.</param>
    /// <param name="instances">Instances of a service and port. Default: one.</param>
    public MeshSnapshot Compile(string space = "shop", Func<MeshService, MeshServicePort, HostPort[]>? instances = null) =>
        SnapshotCompiler.Compile(
            EntrySet.Empty with { MeshRoutes = Translate(space).Routes },
            [],
            new ServiceCatalog(
                [
                    .. from service in _services
                       from port in service.Ports
                       where port.IsTcp
                       let addresses = instances?.Invoke(service, port) ?? [new HostPort("10.0.0.1", port.Number)]
                       select new DiscoveredService(service.NameOf(port), Instances(service, port, addresses))
                       {
                           Frontend = new ServiceFrontend(port.Number, [AddressOf(service.Name)]),
                       },
                ],
                [])
            {
                Namespace = space.Length > 0 ? space : null,
            },
            DeclaredIntentions.None);

    /// <summary>Returns the address of the first Service of this name.</summary>
    public string AddressOf(string service) => $"10.96.0.{1 + _services.FindIndex(known => known.Name == service)}";

    /// <summary>Routes of the cluster, ready for requests of a node in <paramref name="space"/>.</summary>
    public CompiledRoutes Routes(string space = "shop") => new(Compile(space));

    /// <summary>Returns JSON with double quotes.</summary>
    public static string Quoted(string text) => Key().Replace(text.Replace('\'', '"'), "$1\"$2\":");

    private ImmutableArray<DiscoveredInstance> Instances(MeshService service, MeshServicePort port, HostPort[] addresses) =>
        _empty.Contains($"{service.Namespace}/{service.Name}") ? [] :
        [
            .. addresses.Select((address, i) => new DiscoveredInstance($"{service.Name}-{i}", "", address, Healthy: true)
            {
                Protocol = port.AppProtocol == "grpc" ? "grpc" : "http",
            }),
        ];

    private static string Text(string kind, string key, string rules, string parents, string created)
    {
        var (space, name) = (key.Split('/')[0], key.Split('/')[1]);
        return Quoted(
            $$$"""
            {kind:'{{{kind}}}',metadata:{name:'{{{name}}}',namespace:'{{{space}}}',generation:3,creationTimestamp:'{{{created}}}'},
             spec:{hostnames:['other.example'],parentRefs:[{{{parents}}}],rules:[{{{rules}}}]}}
            """);
    }

    [GeneratedRegex(@"([{,]\s*)(\w+):")]
    private static partial Regex Key();
}
