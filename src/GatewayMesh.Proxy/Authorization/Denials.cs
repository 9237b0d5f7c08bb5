using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>Counts what intentions deny and says it in the log: one line each with both ids, at most ten a second, so that a caller that tries again and again does not fill the disk.</summary>
internal sealed class Denials(MeshMetrics metrics, ILogger log, TimeProvider time)
{
    /// <summary>Lines a second.</summary>
    public const int MostLines = 10;

    /// <summary>What stands in place of a name that no certificate shows.</summary>
    public const string Nobody = "unverified";

    private static readonly Action<ILogger, string, string, string, string, long, Exception?> DeniedLine = LoggerMessage.Define<string, string, string, string, long>(
        LogLevel.Warning, new EventId(10, "intention_denied"), "{Source} may not call {Destination}: {Because} (request {RequestId}; {Unsaid} lines like this one were left out)");

    private static readonly Action<ILogger, string, string, string, string, long, Exception?> EndedLine = LoggerMessage.Define<string, string, string, string, long>(
        LogLevel.Warning, new EventId(11, "intention_ended"), "A request of {Source} to {Destination} was ended, it is no longer allowed: {Because} (request {RequestId}; {Unsaid} lines like this one were left out)");

    private readonly Lock _lock = new();
    private long _second;
    private int _lines;
    private long _unsaid;

    /// <summary>A request was denied.</summary>
    public void Denied(Exchange exchange, in IntentionDecision decision, string because)
    {
        metrics.CountDenied(NameOf(exchange), Labels.Service(exchange.Destination));
        Say(DeniedLine, exchange, because);
    }

    /// <summary>A request under way was ended.</summary>
    public void Ended(Exchange exchange, in IntentionDecision decision)
    {
        metrics.CountEndedByIntention(NameOf(exchange), Labels.Service(exchange.Destination));
        Say(EndedLine, exchange, decision.Because);
    }

    // A name that nobody vouches for would let strangers make series.
    private static string NameOf(Exchange exchange) => exchange.Caller.Verified ? Labels.Service(exchange.Caller.Service) : Nobody;

    // The callee is of the caller's own datacenter: intentions know no other.
    private static string IdOfDestination(Exchange exchange) => exchange switch
    {
        { Destination: null } => "",
        { Caller.Id: { } caller } => (caller with { Service = exchange.Destination }).ToString(),
        _ => exchange.Destination,
    };

    private void Say(Action<ILogger, string, string, string, string, long, Exception?> line, Exchange exchange, string because)
    {
        long unsaid;
        lock (_lock)
        {
            var second = time.GetTimestamp() / time.TimestampFrequency;
            (_lines, _second) = second == _second ? (_lines, _second) : (0, second);
            if (++_lines > MostLines)
            {
                _unsaid++;
                return;
            }

            (unsaid, _unsaid) = (_unsaid, 0);
        }

        line(log, exchange.Caller.Id?.ToString() ?? NameOf(exchange), IdOfDestination(exchange), because, exchange.RequestId, unsaid, null);
    }
}
