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
    private volatile bool _isEnded;

    // Reads on while the request is running: the next request, or the end. After 101 the bytes belong to another protocol.
    private void Watch()
    {
        if (_ahead is null && _received.IsEmpty && !_isEnded && !_exchange.Head.Fields.Contains(KnownField.Upgrade))
        {
            _ahead = ReadAheadAsync();
        }
    }

    private async Task<int> ReadAheadAsync()
    {
        try
        {
            await _channel.ReadAsync(default).ConfigureAwait(false); // waits without a buffer
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
                await _channel.WriteAsync(ProbeEnd).ConfigureAwait(false);
                await Task.Delay(ProbeTime, _time).ConfigureAwait(false);
                if (!HasStarted)
                {
                    await _channel.WriteAsync(default).ConfigureAwait(false);
                }
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
