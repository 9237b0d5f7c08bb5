using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Http1;

/// <summary>
/// Reads the content of a message, however it is framed. Has no buffer: content is passed on where it was received. Content that lasts
/// until the connection closes ends when the caller says so.
/// </summary>
internal struct BodyReader
{
    private BodyFraming _framing;
    private LengthReader _length;
    private ChunkedReader _chunks;

    /// <summary>Creates a reader.</summary>
    /// <param name="framing">Framing of the content.</param>
    /// <param name="length">Bytes of the content, for <see cref="BodyFraming.Length"/>.</param>
    /// <param name="trailers">Limits of the trailer section.</param>
    public BodyReader(BodyFraming framing, long? length, HeadLimits trailers)
    {
        _framing = framing;
        _length = new LengthReader(length ?? 0);
        _chunks = new ChunkedReader(trailers);
    }

    /// <summary>Reason to refuse the content.</summary>
    public readonly MessageFault Fault => _chunks.Fault;

    /// <summary>True once the content is complete.</summary>
    public readonly bool IsComplete => _framing switch
    {
        BodyFraming.Length => _length.Left == 0,
        BodyFraming.Chunked => _chunks.IsComplete,
        BodyFraming.UntilClose => false,
        _ => true,
    };

    /// <summary>Reads on. Call again until the result is not <see cref="BodyPartKind.Data"/>.</summary>
    /// <param name="received">Bytes received and not yet consumed.</param>
    /// <param name="trailers">Receives the trailers with the end.</param>
    public BodyPart Read(ReadOnlySpan<byte> received, FieldTable trailers) => _framing switch
    {
        BodyFraming.Length => _length.Read(received),
        BodyFraming.Chunked => _chunks.Read(received, trailers),
        BodyFraming.UntilClose => new BodyPart(received.IsEmpty ? BodyPartKind.NeedMore : BodyPartKind.Data, 0, received.Length),
        _ => new BodyPart(BodyPartKind.End, 0),
    };

    /// <summary>Ends content that lasts until the connection closes.</summary>
    public void Close() => _framing = _framing == BodyFraming.UntilClose ? BodyFraming.None : _framing;
}
