using System.Text;

namespace GatewayMesh.Drills.Demo.Files;

/// <summary>
/// The files of the demo's mesh, written for a reader. All paths in them are relative, so the same text works under
/// <c>topology/demo</c> (a test compares both) and in the folder of a running demo.
/// </summary>
internal static class DemoFiles
{
    /// <summary>All files, by their path in the folder.</summary>
    public static IEnumerable<(string Path, string Text)> Of(DemoPlan plan) =>
    [
        .. plan.Hosts.Select(host => ($"{host.Name}.yaml", Sidecar(plan, host))),
        .. plan.Gateways.Select(gateway => ($"{gateway.Name}.yaml", Gateway(plan, gateway))),
        ("ingress.yaml", Ingress(plan)),
        .. plan.Consul is null ? [("registry/mesh.yaml", Registry(plan))] : ConsulEntries.Of(plan),
    ];

    /// <summary>Writes the files under <paramref name="folder"/>.</summary>
    public static void Write(DemoPlan plan, string folder)
    {
        foreach (var (path, text) in Of(plan))
        {
            var file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }

    private static string Head(DemoPlan plan, string about, string role, string node, int admin) =>
        $"""
        # {about} Paths are relative to this file.
        role: {role}
        node: {node}
        registry: {plan.Registry}
        dataDir: state/{node}
        runDir: run/{node}
        admin: 127.0.0.1:{admin}
        identity: {DemoPlan.Identity}
        drainDelay: 500ms
        drainTimeout: 5s

        """;

    private static string Sidecar(DemoPlan plan, DemoHost host)
    {
        var text = new StringBuilder(
            Head(plan, $"{host.Name}: the sidecar of web, payments and ledger.", "sidecar", host.Name, host.Admin));
        text.Append("sidecar:\n  address: 127.0.0.1\n  services:\n");
        foreach (var service in DemoPlan.Services)
        {
            text.Append(
                $"""
                    - name: {service}
                      port: {host.Application(service)}                   # the application
                      outbound: 127.0.0.1:{host.Outbound(service)}     # for calls by the service
                      inbound: 127.0.0.1:{host.Inbound(service)}      # for calls to the service
                      health: {"{ http: /healthz }"}

                """);
        }

        return text.ToString();
    }

    private static string Gateway(DemoPlan plan, DemoGateway gateway) =>
        $"""
        {Head(plan, $"{gateway.Name}: takes over for any broken sidecar.", "gateway", gateway.Name, gateway.Admin)}gateway:
          address: 127.0.0.1
          listen: 127.0.0.1:{gateway.Mesh}           # mesh peers
          guardListen: 127.0.0.1:{gateway.Tunnel}      # guards

        """;

    private static string Ingress(DemoPlan plan) =>
        $"""
        {Head(plan, $"The public entry. Hosts map to services in {(plan.Consul is null ? "registry/mesh.yaml" : "entries/ingress.json")}.", "ingress", "ingress", plan.IngressAdmin)}ingress:
          address: 127.0.0.1
          service: gatewaymesh-ingress
          listeners:
            - address: 127.0.0.1
              port: {plan.PublicPort}

        """;

    private static string Registry(DemoPlan plan) =>
        $"""
        # What all nodes of this mesh share. The instances register themselves under nodes/.
        {string.Concat(DemoPlan.Services.Select(service => $"kind: service-defaults\nname: {service}\nprotocol: http\n---\n"))}kind: ingress-gateway
        name: gatewaymesh-ingress
        listeners:
          - port: {plan.PublicPort}
            protocol: http
            services:
              - name: web
                hosts: [web.demo, "*"]

        """;
}
