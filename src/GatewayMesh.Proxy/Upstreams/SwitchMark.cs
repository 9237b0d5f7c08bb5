namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// Finds 101 (Switching Protocols, RFC 9110 §15.2.2) in the status lines of a connection, in any fragmentation. After a 101 the connection
/// is a tunnel, in which either side may end without a reply.
/// </summary>
internal sealed class SwitchMark
{
    private static ReadOnlySpan<byte> Status => "101"u8;

    private const int Before = 9; // "HTTP/1.1 "

    private int _position;
    private bool _isOther;

    /// <summary>True if the connection is a tunnel.</summary>
    public bool IsSwitched => _position == Before + Status.Length && !_isOther;

    /// <summary>Starts a new status line.</summary>
    public void Restart() => (_position, _isOther) = (0, false);

    /// <summary>Reads bytes; bytes after the status are ignored.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length && _position < Before + Status.Length; i++, _position++)
        {
            _isOther |= _position >= Before && bytes[i] != Status[_position - Before];
        }
    }
}
