using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GatewayMesh.Client.Routes;

namespace GatewayMesh.Client.Telemetry;

/// <summary>The metrics of the process, across all handlers.</summary>
internal static class ClientMetrics
{
    private static readonly Meter Meter = new(GatewayMeshTelemetry.MeterName, typeof(ClientMetrics).Assembly.GetName().Version?.ToString());
    private static readonly ConcurrentDictionary<TargetBreaker, string> Breakers = new();

    private static readonly Counter<long> Requests =
        Meter.CreateCounter<long>("gatewaymesh_client_requests_total", "{request}",
            "Completed requests, by the tier of the last attempt and its outcome.");

    private static readonly Counter<long> Failovers =
        Meter.CreateCounter<long>("gatewaymesh_client_failovers_total", "{attempt}",
            "Attempts after a failed attempt, including attempts on the same target.");

    private static readonly Counter<long> Refusals =
        Meter.CreateCounter<long>("gatewaymesh_client_replays_refused_total", "{request}", "Failed requests that could not be retried.");

    static ClientMetrics() => Meter.CreateObservableGauge(
        "gatewaymesh_client_breaker_state",
        static () => Breakers.Select(
            pair => new Measurement<int>(pair.Key.IsOpen ? 1 : 0, new KeyValuePair<string, object?>("address", pair.Value))),
        null,
        "State of the sidecar's circuit breaker: 0 closed (in use), 1 open (not in use).");

    public static void Watch(TargetBreaker breaker, string address) => Breakers[breaker] = address;

    public static void Forget(TargetBreaker breaker) => Breakers.TryRemove(breaker, out _);

    public static void CountRequest(Tier tier, string outcome) =>
        Requests.Add(
            1, new KeyValuePair<string, object?>("tier", ClientTags.Of(tier)), new KeyValuePair<string, object?>("outcome", outcome));

    public static void CountFailover(Tier from, Tier to, FailoverReason reason) => Failovers.Add(
        1,
        new KeyValuePair<string, object?>("from", ClientTags.Of(from)),
        new KeyValuePair<string, object?>("to", ClientTags.Of(to)),
        new KeyValuePair<string, object?>("reason", ClientTags.Of(reason)));

    public static void CountRefusal(ReplayRefusal refusal) =>
        Refusals.Add(1, new KeyValuePair<string, object?>("reason", ClientTags.Of(refusal)));
}
