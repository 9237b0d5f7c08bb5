using GatewayMesh.Bench.Processes;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Bench.Peers;

/// <summary>GatewayMesh: the published program, with a folder as registry.</summary>
/// <param name="program">Path of the program.</param>
internal sealed class MeshPeer(string program) : Peer
{
    private const string Policies = """
        kind: service-policy
        name: payments
        timeouts: { request: 15s, attempt: 10s, connect: 1s, idle: 5m }
        retries: { on: [ not-forwarded, connect-failure, refused-stream, reset, gateway-error ], maxAttempts: 3, budget: { ratio: 20%, minPerSecond: 10 } }
        loadBalancing: { policy: peakEwma }
        ---
        kind: service-intentions
        name: payments
        sources:
          - { name: web, action: allow }
          - { name: "*", action: deny }

        """;

    /// <inheritdoc/>
    public override string Name => "GatewayMesh";

    /// <inheritdoc/>
    public override async Task<string> VersionAsync(CancellationToken end) => (await Tool.OutputAsync(program, ["version"], end)).Trim();

    /// <inheritdoc/>
    public override bool Offers(Setup setup) => setup is Setup.Pair or Setup.PlainHop;

    /// <inheritdoc/>
    public override async Task<Deployment> StartAsync(Setup setup, TestBed bed)
    {
        var (port, middle) = (FreePorts.Next(), FreePorts.Next());
        var folder = $"mesh-{setup}";
        _ = bed.Write($"{folder}/registry/entries.yaml", Policies);
        var payments = $"{{ name: payments, port: {bed.ApplicationPort}, inbound: 127.0.0.1:{(setup == Setup.PlainHop ? port : middle)} }}";
        if (setup == Setup.PlainHop)
        {
            var hop = Bootstrap("host-b", folder, "identity: plaintext", payments, bed);
            return new(Name, [await HopAsync($"{folder}/host-b", hop, bed)])
            {
                Port = port,
                Configuration = new Dictionary<string, string> { ["hop"] = hop, ["entries"] = Policies },
            };
        }

        var identity = $"identity: mtls\ncertificates: {bed.MeshCertificates}";
        var first = Bootstrap("host-a", folder, identity, $"{{ name: web, port: {FreePorts.Next()}, outbound: 127.0.0.1:{port} }}", bed);
        var second = Bootstrap("host-b", folder, identity, payments, bed);
        return new(Name, [await HopAsync($"{folder}/host-a", first, bed), await HopAsync($"{folder}/host-b", second, bed)])
        {
            Port = port,
            Http2Port = port,
            Configuration = new Dictionary<string, string> { ["hop A"] = first, ["hop B"] = second, ["entries"] = Policies },
        };
    }

    private static string Bootstrap(string node, string folder, string identity, string service, TestBed bed) => $"""
        role: sidecar
        node: {node}
        dataDir: {bed.PathOf($"{folder}/{node}/data")}
        runDir: {bed.PathOf($"{folder}/{node}/run")}
        registry: file:{bed.PathOf($"{folder}/registry")}
        admin: {FreePorts.Loopback()}
        {identity}
        sidecar:
          address: 127.0.0.1
          services:
            - {service}

        """;

    private Task<HopProcess> HopAsync(string name, string bootstrap, TestBed bed) =>
        HopProcess.StartAsync(name, program, "--config", bed.Write($"{name}.yaml", bootstrap));
}
