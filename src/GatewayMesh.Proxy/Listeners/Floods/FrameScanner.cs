namespace GatewayMesh.Proxy.Listeners.Floods;

/// <summary>
/// Finds the frames (RFC 9113 §4.1) in a client's bytes, regardless of how the bytes are split, and reports each frame to the budget.
/// Copies and keeps nothing.
/// </summary>
internal struct FrameScanner
{
    private const int HeaderLength = 9;
    private const int PrefaceLength = 24;

    private long _skip = PrefaceLength;
    private ulong _begun;
    private int _begunLength;

    /// <summary>Creates a scanner positioned before the preface.</summary>
    public FrameScanner()
    {
    }

    /// <summary>Scans the next bytes of the connection.</summary>
    public void Scan(ReadOnlySpan<byte> bytes, FrameBudget budget)
    {
        while (!bytes.IsEmpty)
        {
            if (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                bytes = bytes[skipped..];
            }
            else if (_begunLength == 0 && bytes.Length >= HeaderLength)
            {
                Count((bytes[0] << 16) | (bytes[1] << 8) | bytes[2], bytes[3], bytes[4], budget);
                bytes = bytes[HeaderLength..];
            }
            else
            {
                Collect(bytes[0], budget);
                bytes = bytes[1..];
            }
        }
    }

    // A frame header split across buffers. Length, type, and flags are the first five bytes; the rest is the stream ID.
    private void Collect(byte next, FrameBudget budget)
    {
        if (_begunLength < 5)
        {
            _begun = (_begun << 8) | next;
        }

        if (++_begunLength == HeaderLength)
        {
            Count((int)(_begun >> 16), (byte)(_begun >> 8), (byte)_begun, budget);
            (_begun, _begunLength) = (0, 0);
        }
    }

    private void Count(int length, byte type, byte flags, FrameBudget budget)
    {
        _skip = length;
        budget.Received(type, flags, length);
    }
}
