using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GatewayMesh.Client.Routes;

namespace GatewayMesh.Client.Telemetry;

/// <summary>The instruments of the process, over all handlers.</summary>
internal static class ClientMetrics
{
    private static readonly Meter Meter = new(GatewayMeshTelemetry.MeterName, typeof(ClientMetrics).Assembly.GetName().Version?.ToString());
    private static readonly ConcurrentDictionary<TargetBreaker, string> Breakers = new();

    private static readonly Counter<long> Requests =
        Meter.CreateCounter<long>("gatewaymesh_client_requests_total", "{request}", "Requests that ended, by the tier of the last attempt and how it ended.");

    private static readonly Counter<long> Failovers =
        Meter.CreateCounter<long>("gatewaymesh_client_failovers_total", "{attempt}", "Attempts that followed a failed one, the same way again included.");

    private static readonly Counter<long> Refusals =
        Meter.CreateCounter<long>("gatewaymesh_client_replays_refused_total", "{request}", "Requests that failed because they could not be sent again.");

    static ClientMetrics() => Meter.CreateObservableGauge(
        "gatewaymesh_client_breaker_state",
        static () => Breakers.Select(pair => new Measurement<int>(pair.Key.IsOpen ? 1 : 0, new KeyValuePair<string, object?>("address", pair.Value))),
        null,
        "Whether a sidecar is used: 0 closed (used), 1 open (not used).");

    public static void Watch(TargetBreaker breaker, string address) => Breakers[breaker] = address;

    public static void Forget(TargetBreaker breaker) => Breakers.TryRemove(breaker, out _);

    public static void CountRequest(Tier tier, string outcome) =>
        Requests.Add(1, new KeyValuePair<string, object?>("tier", Words.Of(tier)), new KeyValuePair<string, object?>("outcome", outcome));

    public static void CountFailover(Tier from, Tier to, FailoverReason reason) => Failovers.Add(
        1,
        new KeyValuePair<string, object?>("from", Words.Of(from)),
        new KeyValuePair<string, object?>("to", Words.Of(to)),
        new KeyValuePair<string, object?>("reason", Words.Of(reason)));

    public static void CountRefusal(ReplayRefusal refusal) => Refusals.Add(1, new KeyValuePair<string, object?>("reason", Words.Of(refusal)));
}
