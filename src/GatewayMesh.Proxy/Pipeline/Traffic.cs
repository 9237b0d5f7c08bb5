using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Routing;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>What all requests share: the mesh of the moment, whether the process drains, and how many there are.</summary>
internal sealed class Traffic(ILogger log)
{
    private static readonly Action<ILogger, Exception?> RequestFailed =
        LoggerMessage.Define(LogLevel.Error, new EventId(1, "request_failed"), "A request failed within the data path.");

    private LiveMesh _mesh = LiveMesh.Empty;
    private volatile bool _draining;
    private int _inFlight;
    private long _total;

    /// <summary>The mesh of the moment: one atomic swap.</summary>
    public LiveMesh Mesh
    {
        get => Volatile.Read(ref _mesh);
        set => Volatile.Write(ref _mesh, value);
    }

    /// <summary>Every response ends its connection.</summary>
    public bool Draining
    {
        get => _draining;
        set => _draining = value;
    }

    /// <summary>Requests begun and not ended, the probe's not counted.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Requests since the start, the probe's not counted.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>A request began.</summary>
    public void Begin(ListenerKind kind)
    {
        if (kind != ListenerKind.Probe)
        {
            Interlocked.Increment(ref _inFlight);
            Interlocked.Increment(ref _total);
        }
    }

    /// <summary>A request ended.</summary>
    public void End(ListenerKind kind)
    {
        if (kind != ListenerKind.Probe)
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    /// <summary>A fault of ours.</summary>
    public void Failed(Exception failure) => RequestFailed(log, failure);
}
