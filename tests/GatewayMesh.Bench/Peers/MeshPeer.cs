using System.Globalization;
using System.Text.RegularExpressions;
using GatewayMesh.Bench.Processes;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Bench.Peers;

/// <summary>GatewayMesh: the published program, with a folder as registry.</summary>
/// <param name="program">Path of the program.</param>
internal sealed partial class MeshPeer(string program) : Peer
{
    /// <summary>Name in the report.</summary>
    public const string OwnName = "GatewayMesh";

    // The least that is allowed: the other peers write no access log at all.
    private const string Logs = "logs: { accessLog: { maxLinesPerSecond: 1 } }";

    /// <inheritdoc/>
    public override string Name => OwnName;

    /// <summary>Name of a deployment.</summary>
    public static string NameOf(Setup setup) => setup switch
    {
        Setup.LeanPair => $"{OwnName} without policies",
        Setup.LargePair => $"{OwnName} with 10,000 services",
        _ => OwnName,
    };

    /// <summary>Time that an event of the guard names, in milliseconds; null without the event.</summary>
    public static double? ReadyMilliseconds(string log) =>
        Ready().Match(log) is { Success: true } found ? double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    /// <inheritdoc/>
    public override async Task<string> VersionAsync(CancellationToken end) => (await Tool.OutputAsync(program, ["version"], end)).Trim();

    /// <inheritdoc/>
    public override bool Offers(Setup setup) => true;

    /// <inheritdoc/>
    public override async Task<Deployment> StartAsync(Setup setup, TestBed bed)
    {
        var (port, middle) = (FreePorts.Next(), FreePorts.Next());
        var folder = $"mesh-{setup}";
        var entries = setup == Setup.LeanPair ? MeshEntries.Lean : MeshEntries.Full;
        _ = bed.Write($"{folder}/registry/entries.yaml", entries);
        if (setup == Setup.LargePair)
        {
            foreach (var (name, content) in MeshEntries.Others())
            {
                _ = bed.Write($"{folder}/registry/{name}", content);
            }
        }

        var payments = $"{{ name: payments, port: {bed.ApplicationPort}, inbound: 127.0.0.1:{(setup == Setup.PlainHop ? port : middle)} }}";
        if (setup == Setup.PlainHop)
        {
            var hop = Bootstrap("host-b", folder, "identity: plaintext", payments, bed);
            return new(Name, [await HopAsync($"{folder}/host-b", hop, bed)])
            {
                Port = port,
                Configuration = new Dictionary<string, string> { ["hop"] = hop, ["entries"] = entries },
            };
        }

        var identity = $"identity: mtls\ncertificates: {bed.MeshCertificates}";
        var first = Bootstrap("host-a", folder, identity, $"{{ name: web, port: {FreePorts.Next()}, outbound: 127.0.0.1:{port} }}", bed);
        var second = Bootstrap("host-b", folder, identity, payments, bed);
        return new(NameOf(setup), [await HopAsync($"{folder}/host-a", first, bed), await HopAsync($"{folder}/host-b", second, bed)])
        {
            Port = port,
            Http2Port = port,
            StartFirst = () => HopAsync($"{folder}/host-a", first, bed),
            ReadyMilliseconds = ReadyMilliseconds,
            Configuration = new Dictionary<string, string> { ["hop A"] = first, ["hop B"] = second, ["entries"] = entries },
        };
    }

    private static string Bootstrap(string node, string folder, string identity, string service, TestBed bed) => $"""
        role: sidecar
        node: {node}
        dataDir: {bed.PathOf($"{folder}/{node}/data")}
        runDir: {bed.PathOf($"{folder}/{node}/run")}
        registry: file:{bed.PathOf($"{folder}/registry")}
        admin: {FreePorts.Loopback()}
        drainDelay: 0s
        {identity}
        {Logs}
        sidecar:
          address: 127.0.0.1
          services:
            - {service}

        """;

    private Task<HopProcess> HopAsync(string name, string bootstrap, TestBed bed) =>
        HopProcess.StartAsync(name, program, "--config", bed.Write($"{name}.yaml", bootstrap));

    [GeneratedRegex(@"became ready ([\d.]+) ms after its start")]
    private static partial Regex Ready();
}
