using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Ends an attempt on which no byte has moved for the policy's idle timeout (<c>timeouts.idle</c>).</summary>
internal sealed class Silence : IDisposable
{
    private readonly InstanceConnection _connection;
    private readonly TimeSpan _idle;
    private readonly ITimer? _timer;

    /// <summary>Starts to wait.</summary>
    public Silence(Exchange exchange, InstanceConnection connection)
    {
        _connection = connection;
        _idle = exchange.Route.Policy.Timeouts.Idle;
        _timer = _idle > TimeSpan.Zero
            ? exchange.Time.CreateTimer(static silence => ((Silence)silence!).End(), this, _idle, Timeout.InfiniteTimeSpan)
            : null;
    }

    /// <summary>True if the idle timeout has passed.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Starts to wait anew.</summary>
    public void Restart() => _timer?.Change(_idle, Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void End()
    {
        IsOver = true;
        _connection.Abort();
    }
}
