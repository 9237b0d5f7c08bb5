using System.Globalization;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Bench.Writes;

/// <summary>A kind of write about the service <c>web</c> in Consul. Each round writes another state.</summary>
/// <param name="Name">Name in the report.</param>
/// <param name="WriteAsync">Writes the state of a round.</param>
/// <param name="Shows">True if the service in the snapshot has the state of the round.</param>
internal sealed record ConsulWrite(string Name, Func<ConsulAgent, int, Task> WriteAsync, Func<ServiceModel, int, bool> Shows)
{
    /// <summary>All kinds, in the order of a run. The protocol comes last: routes need one of HTTP.</summary>
    public static IReadOnlyList<ConsulWrite> All { get; } =
    [
        new(
            "instance registered",
            (agent, round) => agent.RegisterInstanceAsync("web", 3000 + round),
            (web, round) => web.Endpoints[0].Address.Port == 3000 + round),
        new(
            "instance critical or passing",
            (agent, round) => agent.PutAsync($"/v1/agent/check/{(round % 2 == 0 ? "fail" : "pass")}/web-1-live"),
            (web, round) => web.Endpoints[0].Healthy == (round % 2 != 0)),
        new(
            "service-router written",
            (agent, round) => agent.WriteEntryAsync(
                $$$$"""{"Kind":"service-router","Name":"web","Routes":[{"Match":{"HTTP":{"PathPrefix":"/{{{{round}}}}"}}}]}"""),
            (web, round) => web.Routes is RouterNode { Rules: [{ Match.Path.Value: var path }, ..] } && path == $"/{round}"),
        new(
            "service-policy written",
            (agent, round) => agent.PutAsync(
                "/v1/kv/gatewaymesh/service-policy/web",
                string.Create(CultureInfo.InvariantCulture, $"timeouts: {{ request: {round + 20}s }}")),
            (web, round) => web.Policy.Timeouts.Request.TotalSeconds == round + 20),
        new(
            "service-defaults written",
            (agent, round) => agent.WriteEntryAsync(Defaults(round % 2 == 0 ? "grpc" : "http")),
            (web, round) => web.Protocol == (round % 2 == 0 ? "grpc" : "http")),
    ];

    /// <summary>The entry with the protocol of the service.</summary>
    public static string Defaults(string protocol) => $$"""{"Kind":"service-defaults","Name":"web","Protocol":"{{protocol}}"}""";
}
