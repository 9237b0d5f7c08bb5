using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>Logs the records of the registry that lead where this node never dials: a line a record and minute, at most ten lines a minute.</summary>
internal sealed class RefusedAddresses(ILogger log, TimeProvider time)
{
    /// <summary>Lines a minute.</summary>
    public const int MostLines = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private static readonly Action<ILogger, string, string, string, string, long, Exception?> Line = LoggerMessage.Define<string, string, string, string, long>(
        LogLevel.Warning,
        new EventId(30, "address_refused"),
        "The record of {Service} {Id} (node {Node}) is not followed: {Because} ({Unsaid} lines like this one were left out)");

    private readonly Lock _lock = new();
    private readonly HashSet<(string Service, string Id, string Because)> _said = [];
    private long? _since;
    private long _unsaid;

    /// <summary>A snapshot has come without these.</summary>
    public void Say(IEnumerable<RefusedRecord> records)
    {
        foreach (var record in records)
        {
            Say(record.Service, record.Id, record.Node, $"{record.Address} {record.Fault.Sentence()}; {record.Fault.Fix()}");
        }
    }

    /// <summary>The name of an instance was resolved to what is never dialed.</summary>
    public void Say(EndpointModel endpoint, string because) => Say(endpoint.Service, endpoint.Id, endpoint.Node, because);

    private void Say(string service, string id, string node, string because)
    {
        long unsaid;
        lock (_lock)
        {
            if (_since is not { } since || time.GetElapsedTime(since) >= Pause)
            {
                _since = time.GetTimestamp();
                _said.Clear();
            }

            if (_said.Contains((service, id, because)))
            {
                return;
            }

            if (_said.Count >= MostLines)
            {
                _unsaid++;
                return;
            }

            _said.Add((service, id, because));
            (unsaid, _unsaid) = (_unsaid, 0);
        }

        Line(log, service, id, node.Length == 0 ? "none" : node, because, unsaid, null);
    }
}
