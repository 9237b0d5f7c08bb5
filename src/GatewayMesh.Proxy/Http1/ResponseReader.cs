using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Http1;

/// <summary>
/// Reads heads of HTTP/1.1 responses, interim ones included. Works as <see cref="RequestReader"/> does; every fault is a 502 and closes the
/// connection.
/// </summary>
/// <param name="limits">Limits of the head.</param>
internal struct ResponseReader(HeadLimits limits)
{
    private const int SwitchingProtocols = 101;
    private const int NoContent = 204;
    private const int NotModified = 304;

    private readonly HeadLimits _limits = limits;
    private LineScanner _lines;
    private FieldSection _section = new(limits);
    private FramingFields _framing;
    private MessageFault _lengthFault;
    private ResponsePhase _phase;
    private bool _isHead;
    private bool _mayUpgrade;

    /// <summary>Bytes of the head, once it is complete.</summary>
    public readonly int Consumed => _lines.Next;

    /// <summary>Reason to refuse the response.</summary>
    public MessageFault Fault { get; private set; }

    /// <summary>Starts the response to a request.</summary>
    /// <param name="isHead">True if the request's method is HEAD.</param>
    /// <param name="mayUpgrade">True if the request asked for another protocol, so that 101 is a response to it.</param>
    public void Start(bool isHead, bool mayUpgrade)
    {
        this = new ResponseReader(_limits);
        (_isHead, _mayUpgrade) = (isHead, mayUpgrade);
    }

    /// <summary>
    /// Reads on. After a complete interim head (<see cref="ResponseHead.IsInterim"/>) the next call reads the head that follows; after a
    /// fault nothing more is read.
    /// </summary>
    /// <param name="received">All bytes received from the start of the head.</param>
    /// <param name="head">Head to fill, the same until the head is complete.</param>
    public HeadProgress Read(ReadOnlySpan<byte> received, ResponseHead head)
    {
        if (_phase == ResponsePhase.Done)
        {
            if (Fault != MessageFault.None)
            {
                return HeadProgress.Fault;
            }

            Start(_isHead, _mayUpgrade);
        }

        if (_phase == ResponsePhase.Start)
        {
            head.Clear();
            _phase = ResponsePhase.Line;
        }

        while (true)
        {
            var outcome = _lines.Find(received, _phase == ResponsePhase.Line ? _limits.Line : _section.Left, out var line);
            if (outcome == LineOutcome.NeedMore)
            {
                return HeadProgress.NeedMore;
            }

            if (outcome == LineOutcome.Line && line.IsEmpty && _phase == ResponsePhase.Fields)
            {
                return End(received, head);
            }

            var fault = outcome == LineOutcome.Line ? ReadLine(line, received, head)
                : outcome == LineOutcome.TooLong ? MessageFault.FieldsTooLarge
                : LineScanner.FaultOf(outcome);
            if (fault != MessageFault.None)
            {
                return Refuse(fault, received, head);
            }
        }
    }

    private MessageFault ReadLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> received, ResponseHead head)
    {
        if (_phase == ResponsePhase.Fields)
        {
            return ReadField(line, received, head);
        }

        _phase = ResponsePhase.Fields;
        _section.Count(_lines.Next);
        return StatusLine.Read(line, _lines.Start, head);
    }

    private MessageFault ReadField(ReadOnlySpan<byte> line, ReadOnlySpan<byte> received, ResponseHead head)
    {
        var fault = _section.Read(line, _lines.Start, out var field);
        if (fault != MessageFault.None)
        {
            return fault;
        }

        var value = received.Slice(field.Value.Start, field.Value.Length);
        switch (field.Known)
        {
            case KnownField.Connection:
                _framing.ReadConnection(value);
                break;
            case KnownField.ContentLength:
                var length = _framing.ReadLength(value, out var isRepeated);
                _lengthFault = _lengthFault == MessageFault.None ? length : _lengthFault;
                if (isRepeated)
                {
                    return MessageFault.None;
                }

                break;
            case KnownField.TransferEncoding:
                _framing.ReadCodings(value);
                break;
            case KnownField.KeepAlive:
                head.IdleTimeout = KeepAliveTimeout.Read(value) ?? head.IdleTimeout;
                break;
        }

        head.Fields.AddReceived(field.Known, field.Name, field.Value);
        return MessageFault.None;
    }

    private HeadProgress End(ReadOnlySpan<byte> received, ResponseHead head)
    {
        var isInformational = head.Status is < 200 or NoContent; // has no content, whatever its fields are (RFC 9112 §6.3)
        var hasNoContent = isInformational || head.Status == NotModified || _isHead;
        var fault = head.Status == SwitchingProtocols && !_mayUpgrade ? MessageFault.SwitchNotAsked
            : isInformational ? MessageFault.None
            : _lengthFault != MessageFault.None ? _lengthFault
            : hasNoContent ? MessageFault.None
            : _framing.FaultOf(head.Version);
        if (fault != MessageFault.None)
        {
            return Refuse(fault, received, head);
        }

        head.Fields.Keep(received[..Consumed]);
        head.ContentLength = isInformational ? null : _framing.ContentLength;
        head.Framing = hasNoContent ? BodyFraming.None
            : _framing.HasCoding ? BodyFraming.Chunked
            : head.ContentLength is null ? BodyFraming.UntilClose
            : head.ContentLength > 0 ? BodyFraming.Length
            : BodyFraming.None;
        head.KeepsAlive = head.Framing != BodyFraming.UntilClose
            && head.Status != SwitchingProtocols
            && _framing.KeepsAlive(head.Version);
        _phase = ResponsePhase.Done;
        return HeadProgress.Head;
    }

    private HeadProgress Refuse(MessageFault fault, ReadOnlySpan<byte> received, ResponseHead head)
    {
        Fault = fault;
        _phase = ResponsePhase.Done;
        head.Fields.Keep(received[.._lines.Next]);
        return HeadProgress.Fault;
    }

    private enum ResponsePhase
    {
        Start,
        Line,
        Fields,
        Done,
    }
}
