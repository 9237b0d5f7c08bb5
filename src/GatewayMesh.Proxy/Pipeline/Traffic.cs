using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Routing;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>State shared by all requests: the current mesh, the drain flag, and request counts.</summary>
internal sealed class Traffic(ILogger log)
{
    private static readonly Action<ILogger, Exception?> RequestFailed =
        LoggerMessage.Define(LogLevel.Error, new EventId(1, "request_failed"), "A request failed within the data path.");

    private LiveMesh _mesh = LiveMesh.Empty;
    private volatile bool _draining;
    private int _inFlight;
    private long _total;

    /// <summary>Current mesh; replaced in one atomic swap.</summary>
    public LiveMesh Mesh
    {
        get => Volatile.Read(ref _mesh);
        set => Volatile.Write(ref _mesh, value);
    }

    /// <summary>True if every response ends its connection.</summary>
    public bool Draining
    {
        get => _draining;
        set => _draining = value;
    }

    /// <summary>Number of running requests, excluding the probe's.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Number of requests since the start, excluding the probe's.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Records the start of a request.</summary>
    public void Begin(ListenerKind kind)
    {
        if (kind != ListenerKind.Probe)
        {
            Interlocked.Increment(ref _inFlight);
            Interlocked.Increment(ref _total);
        }
    }

    /// <summary>Records the end of a request.</summary>
    public void End(ListenerKind kind)
    {
        if (kind != ListenerKind.Probe)
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    /// <summary>Logs an internal fault.</summary>
    public void Failed(Exception failure) => RequestFailed(log, failure);
}
