using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Http1;

/// <summary>
/// Reads the trailer section of chunked content (RFC 9112 §7.1.2). Fields that frame or route a message, or belong to the mesh, have no
/// meaning after the content and are dropped (RFC 9110 §6.5.1).
/// </summary>
/// <param name="limits">Limits of the section.</param>
internal struct TrailerReader(HeadLimits limits)
{
    private static readonly FieldSet Dropped = FieldSet.Of(
        KnownField.Host,
        KnownField.Connection,
        KnownField.ContentLength,
        KnownField.TransferEncoding,
        KnownField.KeepAlive,
        KnownField.ProxyConnection,
        KnownField.TE,
        KnownField.Trailer,
        KnownField.Upgrade,
        KnownField.ProxyAuthorization,
        KnownField.ProxyAuthenticate,
        KnownField.Http2Settings,
        KnownField.Expect,
        KnownField.Via,
        KnownField.MaxForwards,
        KnownField.XForwardedFor,
        KnownField.XForwardedProto,
        KnownField.XForwardedHost,
        KnownField.XForwardedClientCert,
        KnownField.XRealIP,
        KnownField.Forwarded,
        KnownField.ClientCert,
        KnownField.ClientCertChain);

    private LineScanner _lines;
    private FieldSection _section = new(limits);
    private bool _isBegun;

    /// <summary>Bytes of the section with the blank line, once it is complete.</summary>
    public readonly int Consumed => _lines.Next;

    /// <summary>Reason to refuse the section.</summary>
    public MessageFault Fault { get; private set; }

    /// <summary>Reads on.</summary>
    /// <param name="received">All bytes received from the start of the section.</param>
    /// <param name="trailers">Table to fill, the same until the section is complete.</param>
    public HeadProgress Read(ReadOnlySpan<byte> received, FieldTable trailers)
    {
        if (!_isBegun)
        {
            trailers.Clear();
            _isBegun = true;
        }

        while (true)
        {
            var outcome = _lines.Find(received, _section.Left, out var line);
            if (outcome == LineOutcome.NeedMore)
            {
                return HeadProgress.NeedMore;
            }

            if (outcome == LineOutcome.Line && line.IsEmpty)
            {
                if (trailers.Count > 0)
                {
                    trailers.Keep(received[..Consumed]);
                }

                return HeadProgress.Head;
            }

            Fault = outcome == LineOutcome.Line ? ReadField(line, trailers)
                : outcome == LineOutcome.TooLong ? MessageFault.FieldsTooLarge
                : LineScanner.FaultOf(outcome);
            if (Fault != MessageFault.None)
            {
                trailers.Clear();
                return HeadProgress.Fault;
            }
        }
    }

    private MessageFault ReadField(ReadOnlySpan<byte> line, FieldTable trailers)
    {
        var fault = _section.Read(line, _lines.Start, out var field);
        if (fault == MessageFault.None && !field.IsTwin && !Dropped.Contains(field.Known) && !IsOfMesh(line))
        {
            trailers.AddReceived(field.Known, field.Name, field.Value);
        }

        return fault;
    }

    private static bool IsOfMesh(ReadOnlySpan<byte> line) =>
        line.Length >= MeshPrefix.Length && Octets.Is(line[..MeshPrefix.Length], MeshPrefix);

    private static ReadOnlySpan<byte> MeshPrefix => "gatewaymesh-"u8;
}
