using GatewayMesh.Registry.Kubernetes.Catalog;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Tests.Kubernetes.Catalog;

/// <summary>Hand-made Services and slices of <c>shop/web</c>.</summary>
internal static class Slices
{
    /// <summary>A Service with these ports.</summary>
    public static KnownService Service(params ServicePort[] ports) => Service(new ServiceSpec { ClusterIP = "10.96.0.1", Ports = ports });

    /// <summary>A Service with this specification.</summary>
    public static KnownService Service(ServiceSpec spec) =>
        KnownService.Of(new Service { Metadata = new ObjectMeta { Namespace = "shop", Name = "web" }, Spec = spec }, new NamePool());

    /// <summary>The port <c>http</c>, 80.</summary>
    public static ServicePort Http { get; } = new() { Name = "http", Protocol = "TCP", Port = 80 };

    /// <summary>A slice of IPv4 whose port <c>http</c> is 8080.</summary>
    public static EndpointSlice Slice(string name, params SliceEndpoint[] endpoints) => new()
    {
        Metadata = new ObjectMeta
        {
            Namespace = "shop",
            Name = name,
            Labels = new Dictionary<string, string> { [EndpointSlice.ServiceLabel] = "web" },
        },
        AddressType = "IPv4",
        Ports = [new SlicePort { Name = "http", Protocol = "TCP", Port = 8080 }],
        Endpoints = endpoints,
    };

    /// <summary>A pod with these conditions; null: absent.</summary>
    public static SliceEndpoint Pod(string name, string address, bool? ready, bool? serving = null, bool? terminating = null) => new()
    {
        Addresses = [address],
        Conditions = new EndpointConditions { Ready = ready, Serving = serving, Terminating = terminating },
        TargetRef = new ObjectReference { Kind = "Pod", Namespace = "shop", Name = name, Uid = UidOf(name) },
    };

    /// <summary>The instances of the default port, as text.</summary>
    public static string[] Instances(KnownService service, NodePlace place, params EndpointSlice[] slices) =>
    [
        .. Compile(service, place, slices).Services[0].Instances!.Value.Select(CatalogText.Of),
    ];

    /// <summary>Compiles the Service.</summary>
    public static CompiledService Compile(KnownService service, NodePlace place, params EndpointSlice[] slices) =>
        ServiceCompiler.Compile(service, [.. slices.Select(slice => KnownSlice.Of(slice, new NamePool())).OfType<KnownSlice>()], place);

    private static string UidOf(string name) =>
        new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)).ToString();
}
