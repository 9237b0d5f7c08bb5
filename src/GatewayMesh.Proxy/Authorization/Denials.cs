using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>
/// Counts denials by intentions and logs one line each with both IDs, at most ten per second, so that a caller that retries in a loop does
/// not fill the disk.
/// </summary>
internal sealed class Denials(MeshMetrics metrics, ILogger log, TimeProvider time)
{
    /// <summary>Maximum number of log lines per second.</summary>
    public const int MaxLines = 10;

    /// <summary>Placeholder for a caller name that no certificate proves.</summary>
    public const string Unverified = "unverified";

    private static readonly Action<ILogger, string, string, string, string, long, Exception?> DeniedLine =
        LoggerMessage.Define<string, string, string, string, long>(
        LogLevel.Warning,
        new EventId(10, "intention_denied"),
        "{Source} may not call {Destination}: {Because} (request {RequestId}; {Suppressed} similar lines were suppressed)");

    private static readonly Action<ILogger, string, string, string, string, long, Exception?> EndedLine =
        LoggerMessage.Define<string, string, string, string, long>(
        LogLevel.Warning,
        new EventId(11, "intention_ended"),
        "A request of {Source} to {Destination} was ended because it is no longer allowed: {Because} (request {RequestId}; {Suppressed} "
            + "similar lines were suppressed)");

    private readonly Lock _lock = new();
    private long _second;
    private int _lines;
    private long _suppressed;

    /// <summary>Counts and logs a denied request.</summary>
    public void Denied(Exchange exchange, in IntentionDecision decision, string because)
    {
        metrics.CountDenied(NameOf(exchange), Labels.Service(exchange.Destination));
        Log(DeniedLine, exchange, because);
    }

    /// <summary>Counts and logs a running request that was ended.</summary>
    public void Ended(Exchange exchange, in IntentionDecision decision)
    {
        metrics.CountEndedByIntention(NameOf(exchange), Labels.Service(exchange.Destination));
        Log(EndedLine, exchange, decision.Because);
    }

    // Unverified names would let strangers create metric series.
    private static string NameOf(Exchange exchange) => exchange.Caller.Verified ? Labels.Service(exchange.Caller.Service) : Unverified;

    // The callee is in the caller's own datacenter: intentions know no other datacenter.
    private static string IdOfDestination(Exchange exchange) => exchange switch
    {
        { Destination: null } => "",
        { Caller.Id: { } caller } => (caller with { Service = exchange.Destination }).ToString(),
        _ => exchange.Destination,
    };

    private void Log(Action<ILogger, string, string, string, string, long, Exception?> line, Exchange exchange, string because)
    {
        long suppressed;
        lock (_lock)
        {
            var second = time.GetTimestamp() / time.TimestampFrequency;
            (_lines, _second) = second == _second ? (_lines, _second) : (0, second);
            if (++_lines > MaxLines)
            {
                _suppressed++;
                return;
            }

            (suppressed, _suppressed) = (_suppressed, 0);
        }

        line(
            log,
            exchange.Caller.Id?.ToString() ?? NameOf(exchange),
            IdOfDestination(exchange),
            because,
            exchange.RequestId,
            suppressed,
            null);
    }
}
