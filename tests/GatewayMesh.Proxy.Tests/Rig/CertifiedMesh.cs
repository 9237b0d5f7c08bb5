using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>Data planes of one mesh with certificates of one authority: sidecars of several services, a gateway, an ingress.</summary>
internal sealed partial class CertifiedMesh : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(TestContext.CurrentContext.WorkDirectory, "certified", Guid.NewGuid().ToString("N"));
    private readonly List<Mesh> _planes = [];
    private readonly List<CertificateFolder> _folders = [];

    /// <summary>Authority of the mesh.</summary>
    public TestAuthority Authority { get; } = new();

    /// <summary>Certificates of each data plane.</summary>
    public Dictionary<Mesh, CertificateFolder> Certificates { get; } = [];

    /// <summary>Starts a data plane with certificates of these services.</summary>
    public async Task<Mesh> Plane(string role, string[] services, Func<DataPlaneOptions, DataPlaneOptions>? with = null)
    {
        var folder = new CertificateFolder(Path.Combine(_folder, $"{_folders.Count}"), TimeProvider.System);
        folder.PutTrust(Authority.RootPem);
        foreach (var service in services)
        {
            folder.Put(service, Authority.Issue(service));
        }

        var mesh = await Mesh.Start(
            options => (with ?? (same => same))(options with { Certificates = folder, RoleName = role, Node = $"{role}-{_planes.Count}" }));
        _folders.Add(folder);
        _planes.Add(mesh);
        Certificates[mesh] = folder;
        return mesh;
    }

    /// <summary>Starts a sidecar in front of an application; returns the address of its inbound listener.</summary>
    public async Task<(Mesh Plane, IPEndPoint Inbound)> Sidecar(string service, Backend application)
    {
        var plane = await Plane("sidecar", [service]);
        return (plane, Inbound(plane, service, application));
    }

    /// <summary>
    /// Starts two sidecars with certificates: <c>web</c> calls <c>payments</c>, whose application is given. Returns the address at which
    /// <c>web</c> calls.
    /// </summary>
    public async Task<(Mesh Caller, Mesh Callee, IPEndPoint Outbound)> Pair(
        HostPort application, Func<DataPlaneOptions, DataPlaneOptions>? with = null)
    {
        var callee = await Plane("sidecar", ["payments"], with);
        var caller = await Plane("sidecar", ["web"], with);
        caller.Service("payments", new HostPort("127.0.0.1", Inbound(callee, "payments", application).Port));
        return (caller, callee, caller.Outbound());
    }

    public static IPEndPoint Inbound(Mesh plane, string service, Backend application) => Inbound(plane, service, application.HostPort);

    public static IPEndPoint Inbound(Mesh plane, string service, HostPort application) =>
        plane.Open(ListenerKind.Inbound, $"inbound/{service}", spec => spec with { Service = service, Application = application });

    /// <summary>Opens a gateway's listener for peers.</summary>
    public static IPEndPoint MeshListener(Mesh plane) =>
        plane.Open(ListenerKind.Mesh, "mesh", spec => spec with { Service = "gatewaymesh-gateway" });

    /// <summary>Connects as a peer with a certificate (PEM with key; null: none) whose bytes the test writes.</summary>
    /// <exception cref="AuthenticationException">Refused within the handshake; with TLS 1.3 a client may learn of the refusal only when it
    /// reads.</exception>
    public static Task<RawConnection> As(string? pem, IPEndPoint address, SslApplicationProtocol? protocol = null) =>
        RawConnection.ToTls(address, with: options =>
        {
            options.EnabledSslProtocols = SslProtocols.Tls13;
            options.TargetHost = "";
            options.ApplicationProtocols = [protocol ?? ProtocolNames.Http1];
            options.ClientCertificates = pem is null ? null : [X509Certificate2.CreateFromPem(pem, pem)];
        });

    /// <summary>Callers of the inbound requests at a data plane, from its metrics.</summary>
    public static string[] CallersAt(Mesh plane) =>
        [.. Inbounds().Matches(plane.Metrics()).Select(match => match.Groups[1].Value).Distinct()];

    [GeneratedRegex("gatewaymesh_requests_total\\{direction=\"inbound\",source=\"([^\"]*)\"")]
    private static partial Regex Inbounds();

    public async ValueTask DisposeAsync()
    {
        foreach (var plane in _planes)
        {
            await plane.DisposeAsync();
        }

        _folders.ForEach(folder => folder.Dispose());
        Authority.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
