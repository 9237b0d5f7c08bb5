using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Connections;

/// <summary>
/// Ends a response on which no byte has moved for the policy's idle timeout (<c>timeouts.idle</c>). Used on the connection's loop.
/// </summary>
/// <param name="connection">The connection; reset when the time is over.</param>
internal sealed class Silence(InstanceConnection connection)
{
    private LoopTimer? _timer;
    private TimeSpan _idle;

    /// <summary>True if the idle timeout has passed since <see cref="Start"/>.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Starts to wait.</summary>
    /// <param name="idle">Idle timeout; zero: none.</param>
    public void Start(TimeSpan idle)
    {
        (_idle, IsOver) = (idle, false);
        Restart();
    }

    /// <summary>Starts to wait anew.</summary>
    public void Restart()
    {
        if (_idle > TimeSpan.Zero)
        {
            connection.Loop.Timers.Set(_timer ??= new LoopTimer(static silence => ((Silence)silence!).End(), this), _idle);
        }
    }

    /// <summary>Stops to wait.</summary>
    public void Stop()
    {
        if (_timer is { IsSet: true } timer)
        {
            connection.Loop.Timers.Cancel(timer);
        }
    }

    private void End()
    {
        IsOver = true;
        connection.Abort();
    }
}
