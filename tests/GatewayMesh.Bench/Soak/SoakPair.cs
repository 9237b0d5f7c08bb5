using System.Globalization;
using GatewayMesh.Bench.Peers;
using GatewayMesh.Bench.Processes;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Bench.Soak;

/// <summary>Two sidecars with mTLS: <c>web</c> on one calls <c>payments</c> on the other.</summary>
internal static class SoakPair
{
    // A busy machine is no reason to shed.
    private const string Entries = """
        kind: service-policy
        name: payments
        limits: { maxConcurrentRequests: 100000 }

        """;

    /// <summary>Starts both.</summary>
    /// <param name="program">The published program.</param>
    /// <param name="connections">Connections that each must accept.</param>
    /// <param name="bed">Folder, certificates, and the port of the application.</param>
    public static async Task<Deployment> StartAsync(string program, int connections, TestBed bed)
    {
        var (port, middle) = (FreePorts.Next(), FreePorts.Next());
        _ = bed.Write("soak/registry/entries.yaml", Entries);
        var web = Bootstrap("host-a", $"{{ name: web, port: {FreePorts.Next()}, outbound: 127.0.0.1:{port} }}", connections, bed);
        var payments = Bootstrap(
            "host-b", $"{{ name: payments, port: {bed.ApplicationPort}, inbound: 127.0.0.1:{middle} }}", connections, bed);
        return new("soak", [await HopAsync("host-a", program, web, bed), await HopAsync("host-b", program, payments, bed)])
        {
            Port = port,
            Configuration = new Dictionary<string, string> { ["host-a"] = web, ["host-b"] = payments, ["entries"] = Entries },
        };
    }

    private static string Bootstrap(string node, string service, int connections, TestBed bed) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        role: sidecar
        node: {node}
        dataDir: {bed.PathOf($"soak/{node}/data")}
        runDir: {bed.PathOf($"soak/{node}/run")}
        registry: file:{bed.PathOf("soak/registry")}
        admin: {FreePorts.Loopback()}
        identity: mtls
        certificates: {bed.MeshCertificates}
        logs:
          accessLog:
            maxLinesPerSecond: 1
        limits:
          maxConnections: {connections + 2000}
        sidecar:
          address: 127.0.0.1
          services:
            - {service}

        """);

    private static Task<HopProcess> HopAsync(string node, string program, string bootstrap, TestBed bed) =>
        HopProcess.StartAsync(node, program, "--config", bed.Write($"soak/{node}.yaml", bootstrap));
}
