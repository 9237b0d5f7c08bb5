namespace GatewayMesh.Proxy.Http1;

/// <summary>
/// Finds the lines of a head, each ended by CRLF. Remembers how far it has looked, so that no byte is searched twice however the head
/// arrives. A control character is a fault at once, also in an incomplete line.
/// </summary>
internal struct LineScanner
{
    private int _seen;

    /// <summary>Offset of the current line: the one found last, or the incomplete one.</summary>
    public int Start { get; private set; }

    /// <summary>Offset behind the line found last.</summary>
    public int Next { get; private set; }

    /// <summary>Finds the next line in all bytes of the head received so far.</summary>
    /// <param name="received">Bytes from the start of the head.</param>
    /// <param name="limit">Most bytes of the line with CRLF. An empty line is never too long.</param>
    /// <param name="line">The line without CRLF.</param>
    public LineOutcome Find(ReadOnlySpan<byte> received, int limit, out ReadOnlySpan<byte> line)
    {
        line = default;
        Start = Next;
        var stop = received[_seen..].IndexOfAny(Octets.Controls);
        var end = stop < 0 ? received.Length : _seen + stop;
        _seen = end;
        if (end > Start && end - Start > limit - 2)
        {
            return LineOutcome.TooLong;
        }

        if (stop < 0)
        {
            return LineOutcome.NeedMore;
        }

        if (received[end] != '\r')
        {
            return received[end] == '\n' ? LineOutcome.BareLineFeed : LineOutcome.ControlCharacter;
        }

        if (end + 1 == received.Length)
        {
            return LineOutcome.NeedMore;
        }

        if (received[end + 1] != '\n')
        {
            return LineOutcome.BareCarriageReturn;
        }

        line = received[Start..end];
        Next = _seen = end + 2;
        return LineOutcome.Line;
    }

    /// <summary>Returns the fault of an outcome that is one; <see cref="LineOutcome.TooLong"/> is for the caller to judge.</summary>
    public static MessageFault FaultOf(LineOutcome outcome) => outcome switch
    {
        LineOutcome.BareLineFeed => MessageFault.BareLineFeed,
        LineOutcome.BareCarriageReturn => MessageFault.BareCarriageReturn,
        LineOutcome.ControlCharacter => MessageFault.ControlCharacter,
        _ => MessageFault.None,
    };
}
