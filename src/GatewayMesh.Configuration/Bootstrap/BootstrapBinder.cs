using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads a bootstrap document: applies defaults, checks types and contradictions, and reports every error.</summary>
public static class BootstrapBinder
{
    private static readonly ScalarType<MeshRole> Role = ScalarTypes.Word<MeshRole>(
        [("sidecar", MeshRole.Sidecar), ("gateway", MeshRole.Gateway), ("ingress", MeshRole.Ingress)]);

    private static readonly ScalarType<IdentityMode> Identity = ScalarTypes.Word<IdentityMode>(
        [("plaintext", IdentityMode.Plaintext), ("mtls", IdentityMode.Mtls)]);

    private static readonly ScalarType<string> Transport = ScalarTypes.Word<string>(
        [("auto", "auto"), ("sockets", "sockets")], ("epoll", "set transport: auto"));

    /// <summary>Top-level keys of a bootstrap document.</summary>
    public static ImmutableArray<string> Keys { get; } =
    [
        "role",
        "node",
        "cluster",
        "zone",
        "dataDir",
        "runDir",
        "registry",
        "registryToken",
        "registryTokenFile",
        "registryTls",
        "registryRequired",
        "admin",
        "adminToken",
        "adminTokenFile",
        "identity",
        "certificates",
        "guarded",
        "sidecar",
        "gateway",
        "ingress",
        "limits",
        "logs",
        "reach",
        "allowFaults",
        "stores",
        "gatewayShare",
        "transport",
        "drainDelay",
        "drainTimeout",
        "upgradeDrainTimeout",
    ];

    /// <summary>Returns the bootstrap declared by <paramref name="document"/>, or null when the document has errors.</summary>
    public static BootstrapSpec? Bind(ConfigNode document, BootstrapContext context, ConfigErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var spec = MappingReader.Read(document, KeyStyle.Exact, errors, reader => Bind(reader, context));
        return errors.Count == before ? spec : null;
    }

    private static BootstrapSpec Bind(MappingReader reader, BootstrapContext context)
    {
        var stated = reader.Has("role") ? reader.OrNull("role", Role) : null;
        if (!reader.Has("role"))
        {
            _ = reader.Required("role", Role);
        }

        var role = stated ?? MeshRole.Sidecar;
        var node = reader.Optional("node", ScalarTypes.Name, context.HostName);
        var claims = new AddressClaims();
        var otherRoles = new AddressClaims();
        AddressClaims ClaimsOf(MeshRole section) => stated == section ? claims : otherRoles;

        var admin = reader.Optional("admin", ScalarTypes.Address, new IPEndPoint(IPAddress.Loopback, 15000));
        var identity = reader.Optional("identity", Identity, IdentityMode.Mtls);
        var dataDir = Folder(reader, "dataDir", $"/var/lib/gatewaymesh/{role.Word()}-{node}", context);
        var spec = new BootstrapSpec
        {
            Role = role,
            Node = node,
            Cluster = reader.Has("cluster") ? reader.Optional("cluster", ScalarTypes.Name, "") : null,
            Zone = reader.Has("zone") ? reader.Optional("zone", ScalarTypes.Name, "") : null,
            DataDir = dataDir,
            RunDir = Folder(reader, "runDir", "/run/gatewaymesh", context),
            Registry = RegistryBinder.Bind(reader, context, dataDir, (path, location) => Absolute(path, location, context)),
            RegistryRequired = reader.Optional("registryRequired", ScalarTypes.Flag, false),
            Admin = admin,
            AdminToken = AdminBinder.Bind(reader, admin, (path, location) => Absolute(path, location, context)),
            Guarded = reader.Optional("guarded", ScalarTypes.Flag, true),
            Identity = identity,
            Certificates = Folder(reader, "certificates", Path.Combine(dataDir, "certificates"), context),
            Sidecar = reader.Section(
                "sidecar", section => SidecarBinder.Bind(section, node, identity == IdentityMode.Mtls, ClaimsOf(MeshRole.Sidecar))),
            Gateway = reader.Section("gateway", section => GatewayBinder.Bind(section, ClaimsOf(MeshRole.Gateway))),
            Ingress = reader.Section(
                "ingress",
                section => IngressBinder.Bind(section, ClaimsOf(MeshRole.Ingress), (path, location) => Absolute(path, location, context))),
            Limits = reader.Section("limits", section => LimitsBinder.Bind(section, role)),
            Logs = reader.Section("logs", LogsBinder.Bind),
            Stores = reader.Section(
                "stores", section => StoresBinder.Bind(section, (path, location) => Absolute(path, location, context))),
            Reach = ReachBinder.Bind(reader),
            AllowFaults = reader.Optional("allowFaults", ScalarTypes.Flag, false),
            GatewayShare = reader.Optional("gatewayShare", ScalarTypes.Percent, 0.005),
            DrainDelay = reader.Optional("drainDelay", ScalarTypes.Wait, TimeSpan.FromSeconds(2)),
            DrainTimeout = reader.Optional("drainTimeout", ScalarTypes.Wait, TimeSpan.FromSeconds(30)),
            UpgradeDrainTimeout = reader.Optional("upgradeDrainTimeout", ScalarTypes.Wait, TimeSpan.FromMinutes(10)),
            File = reader.Location.IsFile ? reader.Location.Source : null,
        };

        _ = reader.Optional("transport", Transport, "auto");
        claims.Add(spec.Admin, reader, "admin");
        claims.Report(reader);
        if (stated is not null)
        {
            RequireSection(reader, spec);
        }

        return spec with
        {
            Addresses = [.. claims.All],
            GatewayService = spec.Gateway!.Service,
            IngressService = spec.Ingress!.Service,
            Sidecar = role == MeshRole.Sidecar ? spec.Sidecar : null,
            Gateway = role == MeshRole.Gateway ? spec.Gateway : null,
            Ingress = role == MeshRole.Ingress ? spec.Ingress : null,
        };
    }

    // The gateway is complete by default; the other roles need their list. Reported for an absent list only: broken items have their own
    // errors.
    private static void RequireSection(MappingReader reader, BootstrapSpec spec)
    {
        if (spec.Role == MeshRole.Sidecar && spec.Sidecar!.Services.IsEmpty)
        {
            reader.Fail(reader.LocationOf("sidecar"), "sidecar.services", "the sidecar has no services",
                "add a service, for example sidecar: { services: [ { name: web, port: 8080, outbound: '127.0.0.1:15001', inbound: "
                    + "'0.0.0.0:20001' } ] }");
        }

        if (spec.Role == MeshRole.Ingress && spec.Ingress!.Listeners.IsEmpty)
        {
            reader.Fail(reader.LocationOf("ingress"), "ingress.listeners", "the ingress has no listeners",
                "add a listener, for example ingress: { listeners: [ { port: 8080 } ] }");
        }
    }

    private static string Folder(MappingReader reader, string key, string otherwise, BootstrapContext context)
    {
        var folder = reader.Optional(key, ScalarTypes.Text, otherwise);
        return reader.Has(key) ? Absolute(folder, reader.LocationOf(key), context) : folder;
    }

    private static string Absolute(string path, SourceLocation location, BootstrapContext context)
    {
        var folder = location.IsFile ? Path.GetDirectoryName(Path.GetFullPath(location.Source, context.WorkingDirectory)) : null;
        return path.Contains('\0') ? path : Path.GetFullPath(path, folder ?? context.WorkingDirectory);
    }
}
