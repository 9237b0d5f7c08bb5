using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Http1;

/// <summary>
/// The fields that frame a message and end its connection: <c>Content-Length</c>, <c>Transfer-Encoding</c>, <c>Connection</c>. Read once,
/// line by line.
/// </summary>
internal struct FramingFields
{
    private bool _hasLength;
    private bool _hasCoding;
    private bool _isLastChunked;
    private bool _isChunkedTwice;
    private bool _hasOtherCoding;
    private bool _hasClose;
    private bool _hasKeepAlive;
    private long _length;

    /// <summary>Value of <c>Content-Length</c>; null if there is none.</summary>
    public readonly long? ContentLength => _hasLength ? _length : null;

    /// <summary>True if there is a <c>Transfer-Encoding</c>.</summary>
    public readonly bool HasCoding => _hasCoding;

    /// <summary>Reads <c>Content-Length</c>.</summary>
    /// <param name="value">The value.</param>
    /// <param name="isRepeated">True if an earlier line has the same value: one line is enough.</param>
    public MessageFault ReadLength(ReadOnlySpan<byte> value, out bool isRepeated)
    {
        isRepeated = _hasLength;
        if (!TryRead(value, out var length))
        {
            return MessageFault.Length;
        }

        if (isRepeated && length != _length)
        {
            return MessageFault.LengthsDiffer;
        }

        (_hasLength, _length) = (true, length);
        return MessageFault.None;
    }

    /// <summary>Reads <c>Transfer-Encoding</c>. Empty members are ignored (RFC 9110 §5.6.1).</summary>
    public void ReadCodings(ReadOnlySpan<byte> value)
    {
        _hasCoding = true;
        while (!value.IsEmpty)
        {
            var coding = Octets.TakeMember(ref value);
            if (coding.IsEmpty)
            {
                continue;
            }

            _isChunkedTwice |= _isLastChunked;
            _hasOtherCoding |= !(_isLastChunked = Octets.Is(coding, "chunked"u8));
        }
    }

    /// <summary>Reads <c>Connection</c>.</summary>
    public void ReadConnection(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty)
        {
            var option = Octets.TakeMember(ref value);
            _hasClose |= Octets.Is(option, "close"u8);
            _hasKeepAlive |= Octets.Is(option, "keep-alive"u8);
        }
    }

    /// <summary>Returns the fault of the fields as a whole.</summary>
    public readonly MessageFault FaultOf(MessageVersion version) =>
        !_hasCoding ? MessageFault.None
        : version == MessageVersion.Http10 ? MessageFault.CodingInHttp10
        : _hasLength ? MessageFault.LengthAndCoding
        : !_isLastChunked || _isChunkedTwice ? MessageFault.CodingNotChunked
        : _hasOtherCoding ? MessageFault.CodingUnknown
        : MessageFault.None;

    /// <summary>True if the connection may serve another message after this one (RFC 9112 §9.3).</summary>
    public readonly bool KeepsAlive(MessageVersion version) => !_hasClose && (version != MessageVersion.Http10 || _hasKeepAlive);

    private static bool TryRead(ReadOnlySpan<byte> digits, out long value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            var number = digit - '0';
            if ((uint)number > 9 || value > (long.MaxValue - number) / 10)
            {
                return false;
            }

            value = (value * 10) + number;
        }

        return !digits.IsEmpty;
    }
}
