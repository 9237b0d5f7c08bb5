using System.Collections.Immutable;

namespace GatewayMesh.Commands.Demo;

/// <summary>
/// The mesh of the demo and where each part listens, all from one port base:
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
    /// <summary>The services of every host, in the order in which they call each other.</summary>
    public static ImmutableArray<string> Services { get; } = ["web", "payments", "ledger"];

    /// <summary>How the nodes know each other, as a bootstrap file says it.</summary>
    public const string Identity = "mtls";

    /// <summary>How many ports above the base are used.</summary>
    public const int Span = 600;

    /// <summary>Where the ports of Consul begin, above the base.</summary>
    public const int ConsulOffset = 590;

    /// <summary>The Consul that is the registry; null: a folder of files is.</summary>
    public DemoConsul? Consul { get; init; }

    /// <summary>The registry as a bootstrap file names it.</summary>
    public string Registry => Consul?.Registry ?? "file:registry";

    /// <summary>The hosts.</summary>
    public ImmutableArray<DemoHost> Hosts { get; } = [.. Enumerable.Range(0, 3).Select(i => new DemoHost($"host-{(char)('a' + i)}", portBase + (100 * i)))];

    /// <summary>The gateways.</summary>
    public ImmutableArray<DemoGateway> Gateways { get; } = [.. Enumerable.Range(0, 2).Select(i => new DemoGateway($"gateway-{i + 1}", portBase + 300 + (100 * i)))];

    /// <summary>Admin port of the ingress.</summary>
    public int IngressAdmin { get; } = portBase + 500;

    /// <summary>The public port.</summary>
    public int PublicPort { get; } = portBase + 80;

    /// <summary>Node, role and admin port of every process of the mesh, in the order of the table.</summary>
    public IEnumerable<DemoNode> Nodes =>
    [
        .. Hosts.Select(host => new DemoNode(host.Name, "sidecar", host.Admin)),
        .. Gateways.Select(gateway => new DemoNode(gateway.Name, "gateway", gateway.Admin)),
        new DemoNode("ingress", "ingress", IngressAdmin),
    ];

    /// <summary>Every port that is bound, lowest first.</summary>
    public IEnumerable<int> Ports => Hosts.SelectMany(host => host.Ports)
        .Concat(Gateways.SelectMany(gateway => gateway.Ports))
        .Concat([IngressAdmin, PublicPort])
        .Concat(Consul?.Ports ?? [])
        .Order();
}
