namespace GatewayMesh.Proxy.Listeners.Floods;

/// <summary>
/// Number of useless HTTP/2 frames that one connection may send (RFC 9113 §10.5). Each useless frame takes from the budget. Requests, data
/// in either direction, and time give back, so pings, canceled streams, and window updates of honest clients never exhaust the budget. The
/// clock is read only when the budget is exhausted.
/// </summary>
/// <param name="most">Maximum number of useless frames in a row.</param>
/// <param name="time">The clock.</param>
internal sealed class FrameBudget(int most, TimeProvider time)
{
    /// <summary>Frames given back per second.</summary>
    public const int PerSecond = 50;

    /// <summary>Frames given back per useful frame, in either direction.</summary>
    public const int PerUsefulFrame = 2;

    /// <summary>Bytes of sent payload that give back one frame.</summary>
    public const int BytesPerFrame = 64;

    /// <summary>Window updates that cost one frame: each piece of data that a client reads may cause two window updates.</summary>
    public const int WindowUpdatesPerFrame = 8;

    // A padded DATA frame may contain only padding: its length byte and at most 255 more.
    private const int MaxPadding = 256;

    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte WindowUpdate = 8;
    private const byte EndStream = 0x1;
    private const byte Padded = 0x8;

    private readonly int _most = most;
    private int _left = most;
    private int _windowUpdates;
    private long _refilledAt = time.GetTimestamp();
    private long _sent;
    private long _sentBefore;
    private volatile bool _isSpent;

    /// <summary>True if the budget is spent and the connection must end.</summary>
    public bool IsSpent => _isSpent;

    /// <summary>Type of the frame that spent the budget.</summary>
    public byte LastType { get; private set; }

    /// <summary>Records useful frames sent by the server. Called only by the writing side.</summary>
    public void Sent(int frames) => Volatile.Write(ref _sent, _sent + frames);

    /// <summary>Records a frame sent by the client. Called only by the reading side.</summary>
    public void Received(byte type, byte flags, int length)
    {
        switch (type)
        {
            case Data when length > 0 && ((flags & Padded) == 0 || length > MaxPadding):
            case Headers when length > 0:
                _left = Math.Min(_most, _left + PerUsefulFrame);
                return;
            case Data when length == 0 && (flags & EndStream) != 0: // ends a stream, which happens only once
            case WindowUpdate when ++_windowUpdates % WindowUpdatesPerFrame != 0:
                return;
        }

        if (--_left <= 0 && !Refill())
        {
            LastType = type;
            _isSpent = true;
        }
    }

    private bool Refill()
    {
        var now = time.GetTimestamp();
        var sent = Volatile.Read(ref _sent);
        var back = (time.GetElapsedTime(_refilledAt, now).TotalSeconds * PerSecond) + (sent - _sentBefore);
        if (back < 1)
        {
            return false;
        }

        _left = (int)Math.Min(_most, back);
        (_refilledAt, _sentBefore) = (now, sent);
        return true;
    }
}
