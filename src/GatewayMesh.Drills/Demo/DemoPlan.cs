using System.Collections.Immutable;

namespace GatewayMesh.Drills.Demo;

/// <summary>
/// The demo's mesh and its ports, all relative to one port base:
/// <code>
/// base + 100·host + 0        admin           host-a 0, host-b 1, host-c 2, gateway-1 3, gateway-2 4, ingress 5
/// base + 100·host + 1..3     outbound        of web, payments, ledger
/// base + 100·host + 11..13   inbound         of web, payments, ledger
/// base + 100·host + 21..23   application     of web, payments, ledger
/// base + 100·gateway + 1, 2  mesh, tunnel
/// base + 80                  the public port
/// base + 590..592            Consul, where it is the registry
/// </code>
/// </summary>
internal sealed class DemoPlan(int portBase)
{
    /// <summary>The services of every host, in call order.</summary>
    public static ImmutableArray<string> Services { get; } = ["web", "payments", "ledger"];

    /// <summary>Identity mode, as in a bootstrap file.</summary>
    public const string Identity = "mtls";

    /// <summary>Number of ports used above the base.</summary>
    public const int Span = 600;

    /// <summary>First port of Consul, relative to the base.</summary>
    public const int ConsulOffset = 590;

    /// <summary>The Consul of the demo; null when the registry is a folder of files.</summary>
    public DemoConsul? Consul { get; init; }

    /// <summary>The registry, as in a bootstrap file.</summary>
    public string Registry => Consul?.Registry ?? "file:registry";

    /// <summary>The hosts.</summary>
    public ImmutableArray<DemoHost> Hosts { get; } = [
        .. Enumerable.Range(0, 3).Select(i => new DemoHost($"host-{(char)('a' + i)}", portBase + (100 * i)))];

    /// <summary>The gateways.</summary>
    public ImmutableArray<DemoGateway> Gateways { get; } = [
        .. Enumerable.Range(0, 2).Select(i => new DemoGateway($"gateway-{i + 1}", portBase + 300 + (100 * i)))];

    /// <summary>Admin port of the ingress.</summary>
    public int IngressAdmin { get; } = portBase + 500;

    /// <summary>The public port.</summary>
    public int PublicPort { get; } = portBase + 80;

    /// <summary>Node, role and admin port of every mesh process, in table order.</summary>
    public IEnumerable<DemoNode> Nodes =>
    [
        .. Hosts.Select(host => new DemoNode(host.Name, "sidecar", host.Admin)),
        .. Gateways.Select(gateway => new DemoNode(gateway.Name, "gateway", gateway.Admin)),
        new DemoNode("ingress", "ingress", IngressAdmin),
    ];

    /// <summary>All ports the demo binds, lowest first.</summary>
    public IEnumerable<int> Ports => Hosts.SelectMany(host => host.Ports)
        .Concat(Gateways.SelectMany(gateway => gateway.Ports))
        .Concat([IngressAdmin, PublicPort])
        .Concat(Consul?.Ports ?? [])
        .Order();
}
