using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// Logs registry records with addresses that this node must not dial: one line per record and minute, at most ten lines per minute.
/// </summary>
internal sealed class RefusedAddresses(ILogger log, TimeProvider time)
{
    /// <summary>Maximum lines per minute.</summary>
    public const int MaxLines = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private static readonly Action<ILogger, string, string, string, string, long, Exception?> Line =
        LoggerMessage.Define<string, string, string, string, long>(
        LogLevel.Warning,
        new EventId(30, "address_refused"),
        "The record of {Service} {Id} (node {Node}) is not followed: {Because} ({Suppressed} similar lines were suppressed)");

    private readonly Lock _lock = new();
    private readonly HashSet<(string Service, string Id, string Because)> _logged = [];
    private long? _since;
    private long _suppressed;

    /// <summary>Logs the records that a snapshot leaves out.</summary>
    public void Log(IEnumerable<RefusedRecord> records)
    {
        foreach (var record in records)
        {
            Log(record.Service, record.Id, record.Node, $"{record.Address} {record.Fault.Sentence()}; {record.Fault.Fix()}");
        }
    }

    /// <summary>Logs an instance whose name resolved to an address that must not be dialed.</summary>
    public void Log(EndpointModel endpoint, string because) => Log(endpoint.Service, endpoint.Id, endpoint.Node, because);

    private void Log(string service, string id, string node, string because)
    {
        long suppressed;
        lock (_lock)
        {
            if (_since is not { } since || time.GetElapsedTime(since) >= Pause)
            {
                _since = time.GetTimestamp();
                _logged.Clear();
            }

            if (_logged.Contains((service, id, because)))
            {
                return;
            }

            if (_logged.Count >= MaxLines)
            {
                _suppressed++;
                return;
            }

            _logged.Add((service, id, because));
            (suppressed, _suppressed) = (_suppressed, 0);
        }

        Line(log, service, id, node.Length == 0 ? "none" : node, because, suppressed, null);
    }
}
