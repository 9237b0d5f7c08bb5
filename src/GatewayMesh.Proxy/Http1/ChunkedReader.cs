using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Http1;

/// <summary>
/// Reads chunked content (RFC 9112 §7.1). Framing is consumed as it arrives, byte by byte, so nothing is read twice; only a trailer section
/// is read as a whole.
/// <code>
/// size [;extensions] CRLF ─► data CRLF ─► size … 0 CRLF ─► trailers CRLF ─► end
/// </code>
/// </summary>
/// <param name="limits">Limits of the trailer section.</param>
internal struct ChunkedReader(HeadLimits limits)
{
    private const int MaxDigits = 16;

    private ChunkExtension _extension;
    private TrailerReader _trailers = new(limits);
    private ulong _left;
    private int _digits;
    private ChunkPhase _phase;

    /// <summary>Reason to refuse the content.</summary>
    public MessageFault Fault { get; private set; }

    /// <summary>True once the content and its trailers are complete.</summary>
    public readonly bool IsComplete => _phase == ChunkPhase.Complete;

    /// <summary>Reads on.</summary>
    /// <param name="received">Bytes received and not yet consumed.</param>
    /// <param name="trailers">Receives the trailers with the end.</param>
    public BodyPart Read(ReadOnlySpan<byte> received, FieldTable trailers)
    {
        for (var at = 0; ; at++)
        {
            switch (_phase)
            {
                case ChunkPhase.Trailers:
                    return ReadTrailers(received[at..], at, trailers);
                case ChunkPhase.Complete:
                    return new BodyPart(BodyPartKind.End, at);
                case ChunkPhase.Broken:
                    return new BodyPart(BodyPartKind.Fault, at);
            }

            if (at == received.Length)
            {
                return new BodyPart(BodyPartKind.NeedMore, at);
            }

            if (_phase == ChunkPhase.Data)
            {
                var count = (int)Math.Min(_left, (ulong)(received.Length - at));
                _left -= (ulong)count;
                _extension.Pass(count);
                _phase = _left == 0 ? ChunkPhase.DataCarriageReturn : ChunkPhase.Data;
                return new BodyPart(BodyPartKind.Data, at, count);
            }

            var fault = Step(received[at]);
            if (fault != MessageFault.None)
            {
                return Refuse(fault, at);
            }
        }
    }

    private MessageFault Step(byte b)
    {
        switch (_phase)
        {
            case ChunkPhase.Size:
                return ReadSize(b);
            case ChunkPhase.Extension:
                if (b == '\r' && _extension.MayEnd)
                {
                    _phase = ChunkPhase.SizeLineFeed;
                    return MessageFault.None;
                }

                return _extension.Read(b);
            case ChunkPhase.SizeLineFeed:
                _phase = _left == 0 ? ChunkPhase.Trailers : ChunkPhase.Data;
                return b == '\n' ? MessageFault.None : MessageFault.BareCarriageReturn;
            case ChunkPhase.DataCarriageReturn:
                _phase = ChunkPhase.DataLineFeed;
                return b == '\r' ? MessageFault.None : MessageFault.ChunkEnd;
            default:
                (_phase, _digits, _left) = (ChunkPhase.Size, 0, 0);
                _extension.Start();
                return b == '\n' ? MessageFault.None : MessageFault.ChunkEnd;
        }
    }

    private MessageFault ReadSize(byte b)
    {
        var digit = b switch
        {
            >= (byte)'0' and <= (byte)'9' => b - '0',
            >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
            _ => -1,
        };
        if (digit >= 0)
        {
            _left = (_left << 4) + (uint)digit;
            return ++_digits > MaxDigits || _left > long.MaxValue ? MessageFault.ChunkSize : MessageFault.None;
        }

        switch (b)
        {
            case (byte)'\n':
                return MessageFault.BareLineFeed;
            case (byte)'\r' when _digits > 0:
                _phase = ChunkPhase.SizeLineFeed;
                return MessageFault.None;
            case (byte)';' or (byte)' ' or (byte)'\t' when _digits > 0:
                _phase = ChunkPhase.Extension;
                return _extension.Read(b);
            default:
                return MessageFault.ChunkSize;
        }
    }

    private BodyPart ReadTrailers(ReadOnlySpan<byte> section, int skip, FieldTable trailers)
    {
        switch (_trailers.Read(section, trailers))
        {
            case HeadProgress.NeedMore:
                return new BodyPart(BodyPartKind.NeedMore, skip);
            case HeadProgress.Head:
                _phase = ChunkPhase.Complete;
                return new BodyPart(BodyPartKind.End, skip + _trailers.Consumed);
            default:
                return Refuse(_trailers.Fault, skip);
        }
    }

    private BodyPart Refuse(MessageFault fault, int skip)
    {
        Fault = fault;
        _phase = ChunkPhase.Broken;
        return new BodyPart(BodyPartKind.Fault, skip);
    }

    private enum ChunkPhase
    {
        Size,
        Extension,
        SizeLineFeed,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        Trailers,
        Complete,
        Broken,
    }
}
