using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;
using GatewayMesh.Registry.Kubernetes.Routes;

namespace GatewayMesh.Proxy.Tests.ServiceRoutes.Conformance;

/// <summary>
/// The workloads of the mesh conformance tests: the Services <c>echo</c>, <c>echo-v1</c>, and <c>echo-v2</c>, with an application for each
/// version, behind the sidecar of a client.
/// </summary>
internal sealed class EchoMesh : IAsyncDisposable
{
    /// <summary>Namespace of the Services and of most clients.</summary>
    public const string Namespace = "gateway-conformance-mesh";

    private const int GrpcPort = 7070;

    private readonly Mesh _mesh;
    private readonly IPEndPoint _outbound;
    private readonly Dictionary<string, Backend> _web = new()
    {
        ["echo-v1"] = Backend.Answering("echo-v1"),
        ["echo-v2"] = Backend.Answering("echo-v2"),
    };

    private readonly Dictionary<string, H2Backend> _grpc = new() { ["echo-v1"] = Grpc("echo-v1"), ["echo-v2"] = Grpc("echo-v2") };

    private EchoMesh(Mesh mesh) => (_mesh, _outbound) = (mesh, mesh.Outbound($"echo-v1.{Namespace}"));

    /// <summary>Starts the applications and the sidecar.</summary>
    public static async Task<EchoMesh> Start() => new(await Mesh.Start());

    /// <summary>A cluster with the Services and without routes.</summary>
    public static SampleCluster Cluster() =>
        new[] { "echo", "echo-v1", "echo-v2" }.Aggregate(
            new SampleCluster(),
            (cluster, name) => cluster.Service(new MeshService(Namespace, name)
            {
                Ports =
                [
                    new MeshServicePort(80, "http") { AppProtocol = "http" },
                    new MeshServicePort(8080, "http-alt") { AppProtocol = "http" },
                    new MeshServicePort(443, "https"),
                    new MeshServicePort(9090, "tcp"),
                    new MeshServicePort(GrpcPort, "grpc") { AppProtocol = "grpc" },
                ],
            }));

    /// <summary>Uses the routes of <paramref name="cluster"/>, for a client in the namespace <paramref name="callers"/>.</summary>
    public void Apply(SampleCluster cluster, string callers) =>
        _mesh.Plane.Apply(cluster.Compile(callers, (service, port) =>
            [.. Versions(service.Name).Select(version => port.Number == GrpcPort ? _grpc[version].HostPort : _web[version].HostPort)]));

    /// <summary>Returns a client that calls through the sidecar.</summary>
    /// <param name="isProxied">True if the client names the called address in the target of its requests, as it does to a proxy.</param>
    public HttpClient Client(bool isProxied) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = isProxied,
        Proxy = isProxied ? new WebProxy($"http://{_outbound}") : null,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(_outbound, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    /// <summary>Address of the pod of a version.</summary>
    public string PodOf(string version) => _web[version].HostPort.ToString();

    /// <summary>Last request that an application has received.</summary>
    public RawMessage LastAt(string version) => _web[version].Last;

    public async ValueTask DisposeAsync()
    {
        await _mesh.DisposeAsync();
        foreach (var application in _web.Values)
        {
            application.Dispose();
        }

        foreach (var application in _grpc.Values)
        {
            application.Dispose();
        }
    }

    private static string[] Versions(string service) => service == "echo" ? ["echo-v1", "echo-v2"] : [service];

    private static H2Backend Grpc(string version) =>
        H2Backend.Answering(version, Fields.Of(("grpc-status", "0")), ("content-type", "application/grpc"));
}
