using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Connections;

// A client that ends its stream while its request is running has either disconnected or still reads (half-close). Only a write tells: a
// client that has disconnected answers with a reset. So an interim response is sent in two parts (RFC 9110 §15.2 lets a server send one at
// any time), and the failure of the second part shows that nobody reads.
internal sealed partial class ClientConnection
{
    private static readonly TimeSpan ProbeTime = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] ProbeLine = "HTTP/1.1 100 Continue\r\n"u8.ToArray();
    private static readonly byte[] ProbeEnd = "\r\n"u8.ToArray();

    private readonly Lock _probeGate = new();
    private Task<int>? _ahead;
    private Task? _probe;
    private bool _isProbeOpen;
    private bool _isWatching;
    private bool _isServing;
    private long _served;
    private volatile bool _isEnded;

    // Watches for the end while the request is running. After 101 the bytes belong to another protocol. On the loop.
    private void Watch()
    {
        if (_isServing && _ahead is null && _received.IsEmpty && !_isEnded && !_exchange.Head.Fields.Contains(KnownField.Upgrade))
        {
            _isWatching = true;
            _channel.Watch(this);
            if (_channel.HasInput)
            {
                ((IInputWatcher)this).OnInput();
            }
        }
    }

    private void EndWatch()
    {
        _isServing = false;
        _served++;
        if (_isWatching)
        {
            _isWatching = false;
            _channel.Watch(null);
        }
    }

    // Reads on: the next request, or the end. A connection that has ended can still fail.
    void IInputWatcher.OnInput()
    {
        if (!_isWatching)
        {
            return;
        }

        if (_ahead is null && !_isEnded)
        {
            _ahead = ReadAheadAsync();
        }
        else if (_isEnded && _channel.HasFailed)
        {
            Abort();
        }
    }

    private async Task<int> ReadAheadAsync()
    {
        try
        {
            var count = await _channel.ReadAsync(_received.Room()).ConfigureAwait(false);
            if (count == 0)
            {
                _isEnded = true;
                _ = ProbeAsync();
            }

            return count;
        }
        catch (IOException)
        {
            _isEnded = true;
            Abort();
            return 0;
        }
    }

    private async Task ProbeAsync()
    {
        try
        {
            lock (_probeGate)
            {
                if (_hasStarted || _isWhole)
                {
                    return;
                }

                if (_version == MessageVersion.Http11)
                {
                    _isProbeOpen = true;
                    _probe = _channel.WriteAsync(ProbeLine).AsTask();
                }
            }

            if (_probe is not { } probe)
            {
                Abort(); // HTTP/1.0 has no interim responses
                return;
            }

            await probe.ConfigureAwait(false);
            await Task.Delay(ProbeTime, _time).ConfigureAwait(false);
            if (TakeProbe())
            {
                await _channel.WriteAsync(ProbeEnd).ConfigureAwait(false); // a client that has gone answers with a reset
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Abort();
        }
    }

    private bool TakeProbe()
    {
        lock (_probeGate)
        {
            var isOpen = _isProbeOpen;
            _isProbeOpen = false;
            return isOpen;
        }
    }

    // Called before the response is written: null if no interim response is under way.
    private Task? EndProbe()
    {
        lock (_probeGate)
        {
            _hasStarted = true;
            if (_probe is null)
            {
                return null;
            }

            var isOpen = _isProbeOpen;
            _isProbeOpen = false;
            return EndAsync(_probe, isOpen);
        }

        async Task EndAsync(Task begun, bool isOpen)
        {
            await begun.ConfigureAwait(false);
            if (isOpen)
            {
                await _channel.WriteAsync(ProbeEnd).ConfigureAwait(false);
            }
        }
    }
}
