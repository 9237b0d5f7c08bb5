using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Http1;

/// <summary>
/// Reads heads of HTTP/1.1 requests. Has no buffer: it is called with all bytes of the head received so far, remembers how far it has
/// looked, and gives a complete head a copy of its bytes.
/// <code>
/// received ─► LineScanner (lines) ─► RequestLine, FieldSection (syntax, limits) ─► FramingFields (content, keep-alive) ─► RequestHead
/// </code>
/// </summary>
/// <param name="limits">Limits of the head.</param>
internal struct RequestReader(HeadLimits limits)
{
    private readonly HeadLimits _limits = limits;
    private LineScanner _lines;
    private FieldSection _section = new(limits);
    private FramingFields _framing;
    private RequestPhase _phase;
    private bool _hasHost;
    private bool _expectsContinue;

    /// <summary>Bytes of the head, once it is complete.</summary>
    public readonly int Consumed => _lines.Next;

    /// <summary>Reason to refuse the request.</summary>
    public MessageFault Fault { get; private set; }

    /// <summary>Reads on. After a complete head the next call starts the next one; after a fault nothing more is read.</summary>
    /// <param name="received">All bytes received from the start of the head.</param>
    /// <param name="head">
    /// Head to fill, the same until the head is complete. After a fault it has what was read before, for the log.
    /// </param>
    public HeadProgress Read(ReadOnlySpan<byte> received, RequestHead head)
    {
        if (_phase == RequestPhase.Done)
        {
            if (Fault != MessageFault.None)
            {
                return HeadProgress.Fault;
            }

            this = new RequestReader(_limits);
        }

        if (_phase == RequestPhase.Start)
        {
            head.Clear();
            _phase = RequestPhase.BeforeLine;
        }

        while (true)
        {
            var outcome = _lines.Find(received, _phase == RequestPhase.Fields ? _section.Left : _limits.Line, out var line);
            if (outcome == LineOutcome.NeedMore)
            {
                return HeadProgress.NeedMore;
            }

            if (outcome == LineOutcome.Line && line.IsEmpty && _phase == RequestPhase.Fields)
            {
                return End(received, head);
            }

            var fault = outcome == LineOutcome.Line ? ReadLine(line, received, head)
                : outcome == LineOutcome.TooLong ? TooLong(received)
                : LineScanner.FaultOf(outcome);
            if (fault != MessageFault.None)
            {
                return Refuse(fault, received, head);
            }
        }
    }

    private MessageFault ReadLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> received, RequestHead head)
    {
        if (_phase == RequestPhase.Fields)
        {
            return ReadField(line, received, head);
        }

        if (line.IsEmpty)
        {
            var isSecond = _phase == RequestPhase.Line;
            _phase = RequestPhase.Line;
            return isSecond ? MessageFault.BlankLines : MessageFault.None; // one is ignored (RFC 9112 §2.2)
        }

        _phase = RequestPhase.Fields;
        return RequestLine.Read(line, _lines.Start, head);
    }

    private MessageFault ReadField(ReadOnlySpan<byte> line, ReadOnlySpan<byte> received, RequestHead head)
    {
        var fault = _section.Read(line, _lines.Start, out var field);
        if (fault != MessageFault.None || field.IsTwin)
        {
            return field.IsTwin ? MessageFault.UnderscoreName : fault;
        }

        var value = received.Slice(field.Value.Start, field.Value.Length);
        switch (field.Known)
        {
            case KnownField.Host:
                fault = ReadHost(ref value, head.Version);
                field = field with { Value = field.Value with { Length = value.Length } };
                break;
            case KnownField.Connection:
                _framing.ReadConnection(value);
                break;
            case KnownField.ContentLength:
                fault = _framing.ReadLength(value, out var isRepeated);
                if (isRepeated)
                {
                    return fault;
                }

                break;
            case KnownField.TransferEncoding:
                _framing.ReadCodings(value);
                break;
            case KnownField.Expect:
                _expectsContinue = true;
                fault = Octets.Is(value, "100-continue"u8) ? MessageFault.None : MessageFault.Expectation;
                break;
        }

        head.Fields.AddReceived(field.Known, field.Name, field.Value);
        return fault;
    }

    private MessageFault ReadHost(ref ReadOnlySpan<byte> value, MessageVersion version)
    {
        if (_hasHost)
        {
            return MessageFault.HostRepeated;
        }

        _hasHost = true;
        if (value.IsEmpty)
        {
            // Targets of http and https have an authority (RFC 9110 §4.2.1). HTTP/1.0 needs no Host.
            return version == MessageVersion.Http10 ? MessageFault.None : MessageFault.Host;
        }

        if (!AuthoritySyntax.IsValid(value))
        {
            return MessageFault.Host;
        }

        if (value[^1] == ':')
        {
            value = value[..^1]; // an empty port is the default port (RFC 3986 §3.2.3)
        }

        return MessageFault.None;
    }

    private HeadProgress End(ReadOnlySpan<byte> received, RequestHead head)
    {
        var fault = !_hasHost && head.Version == MessageVersion.Http11 ? MessageFault.HostMissing : _framing.FaultOf(head.Version);
        if (fault != MessageFault.None)
        {
            return Refuse(fault, received, head);
        }

        head.Fields.Keep(received[..Consumed]);
        head.ContentLength = _framing.ContentLength;
        head.Framing = _framing.HasCoding ? BodyFraming.Chunked
            : head.ContentLength > 0 ? BodyFraming.Length
            : BodyFraming.None;
        head.HasBody = head.Framing != BodyFraming.None;
        head.KeepsAlive = _framing.KeepsAlive(head.Version);
        head.ExpectsContinue = _expectsContinue && head.Version == MessageVersion.Http11; // RFC 9110 §10.1.1: HTTP/1.0 has none
        _phase = RequestPhase.Done;
        return HeadProgress.Head;
    }

    // A method without an end is no method; decided on the bytes within the limit, so however many have arrived.
    private readonly MessageFault TooLong(ReadOnlySpan<byte> received) =>
        _phase == RequestPhase.Fields ? MessageFault.FieldsTooLarge
        : received.Slice(_lines.Start, Math.Max(0, _limits.Line - 1)).Contains((byte)' ') ? MessageFault.RequestLineTooLong
        : MessageFault.Method;

    private HeadProgress Refuse(MessageFault fault, ReadOnlySpan<byte> received, RequestHead head)
    {
        Fault = fault;
        _phase = RequestPhase.Done;
        head.Fields.Keep(received[.._lines.Next]);
        return HeadProgress.Fault;
    }

    private enum RequestPhase
    {
        Start,
        BeforeLine,
        Line, // after one blank line
        Fields,
        Done,
    }
}
