namespace GatewayMesh.Proxy.Listeners.Floods;

/// <summary>
/// Frames of HTTP/2 that bring nothing forward, which one connection may send (RFC 9113 §10.5). Each takes from the budget; requests, data in either
/// direction and time give back, so that pings, cancelled streams and window updates of honest clients never use it up. The clock is read only when
/// the budget is used up.
/// </summary>
/// <param name="most">Frames in a row.</param>
/// <param name="time">The clock.</param>
internal sealed class FrameBudget(int most, TimeProvider time)
{
    /// <summary>Frames that each second gives back.</summary>
    public const int PerSecond = 50;

    /// <summary>Frames that a useful frame gives back, in either direction.</summary>
    public const int PerUsefulFrame = 2;

    /// <summary>Bytes of payload sent that give back one frame.</summary>
    public const int BytesPerFrame = 64;

    /// <summary>Window updates that cost one frame: each piece of data that a client reads may cause two of them.</summary>
    public const int WindowUpdatesPerFrame = 8;

    // A padded DATA frame that may be nothing but padding: its length byte and at most 255 more.
    private const int MostPadding = 256;

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

    /// <summary>The budget is used up: the connection is to end.</summary>
    public bool IsSpent => _isSpent;

    /// <summary>Type of the frame that used it up.</summary>
    public byte LastType { get; private set; }

    /// <summary>The server sent something of use. Called by the writing side alone.</summary>
    public void Sent(int frames) => Volatile.Write(ref _sent, _sent + frames);

    /// <summary>The client sent a frame. Called by the reading side alone.</summary>
    public void Received(byte type, byte flags, int length)
    {
        switch (type)
        {
            case Data when length > 0 && ((flags & Padded) == 0 || length > MostPadding):
            case Headers when length > 0:
                _left = Math.Min(_most, _left + PerUsefulFrame);
                return;
            case Data when length == 0 && (flags & EndStream) != 0: // ends a stream, which happens once
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
