namespace GatewayMesh.Proxy.Messages;

/// <summary>Head of a response as received from the next hop. Reused.</summary>
internal sealed class ResponseHead
{
    private ByteRange _reason;

    /// <summary>Status code.</summary>
    public int Status { get; set; }

    /// <summary>Bytes of the reason phrase; empty if there is none. Valid until the head changes.</summary>
    public ReadOnlySpan<byte> ReasonBytes => Fields.Bytes.Slice(_reason.Start, _reason.Length);

    /// <summary>Version of the message. Default: HTTP/1.1.</summary>
    public MessageVersion Version { get; set; }

    /// <summary>Field lines in order.</summary>
    public FieldTable Fields { get; } = new();

    /// <summary>End of the content of an HTTP/1.1 response. Default: none.</summary>
    public BodyFraming Framing { get; set; }

    /// <summary>Value of <c>Content-Length</c>, also where the response has no content, as for HEAD; null if there is none.</summary>
    public long? ContentLength { get; set; }

    /// <summary>True if the HTTP/1.1 connection may serve another request after this response (RFC 9112 §9.3). Default: false.</summary>
    public bool KeepsAlive { get; set; }

    /// <summary>Time after which the sender closes an idle connection (<c>Keep-Alive: timeout</c>); null if it is not announced.</summary>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>True for 1xx except 101: the final response follows (RFC 9110 §15.2).</summary>
    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <summary>Sets the reason phrase as a range of the head that <see cref="Fields"/> keeps.</summary>
    public void Receive(ByteRange reason) => _reason = reason;

    /// <summary>Forgets the message.</summary>
    public void Clear()
    {
        _reason = default;
        Status = 0;
        Version = default;
        Fields.Clear();
        Framing = default;
        ContentLength = null;
        KeepsAlive = false;
        IdleTimeout = null;
    }
}
