using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>Limits the time of one step of a connection before requests: the wait for input fails as canceled. On the loop.</summary>
internal sealed class ConnectionTimeout : IDisposable
{
    private readonly InboundConnection _inbound;
    private readonly LoopTimer _timer;
    private readonly bool _aborts;

    /// <summary>Starts to wait.</summary>
    /// <param name="inbound">The connection.</param>
    /// <param name="span">Maximum time.</param>
    /// <param name="aborts">True to reset the connection, false to cancel its wait for input.</param>
    public ConnectionTimeout(InboundConnection inbound, TimeSpan span, bool aborts = false)
    {
        (_inbound, _aborts) = (inbound, aborts);
        _timer = new LoopTimer(static timeout => ((ConnectionTimeout)timeout!).End(), this);
        Restart(span);
    }

    /// <summary>True if the time is over.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Starts to wait anew.</summary>
    public void Restart(TimeSpan span) => _inbound.Socket!.Loop.Timers.Set(_timer, span);

    /// <inheritdoc/>
    public void Dispose() => _inbound.Socket!.Loop.Timers.Cancel(_timer);

    private void End()
    {
        IsOver = true;
        if (_aborts)
        {
            _inbound.Abort();
        }
        else if (_inbound.Channel is { } channel)
        {
            channel.CancelRead();
        }
        else
        {
            _inbound.Socket!.CancelInput();
        }
    }
}
