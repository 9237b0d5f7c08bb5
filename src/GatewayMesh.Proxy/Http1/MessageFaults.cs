namespace GatewayMesh.Proxy.Http1;

/// <summary>Status and text of each reason to refuse a request. Every one of them ends the connection.</summary>
internal static class MessageFaults
{
    private const int BadRequest = 400;

    /// <summary>Returns the status of the response to a request.</summary>
    public static int StatusOf(MessageFault fault) => fault switch
    {
        MessageFault.Connect => 405,
        MessageFault.RequestLineTooLong => 414,
        MessageFault.Expectation => 417,
        MessageFault.TooManyFields or MessageFault.FieldsTooLarge => 431,
        MessageFault.CodingUnknown => 501,
        MessageFault.VersionNotSupported => 505,
        _ => BadRequest,
    };

    /// <summary>Returns the reason in words, for the response and the log.</summary>
    public static string TextOf(MessageFault fault) => fault switch
    {
        MessageFault.None => "",
        MessageFault.BareLineFeed => "a line that ends without CR",
        MessageFault.BareCarriageReturn => "CR without LF",
        MessageFault.ControlCharacter => "control character",
        MessageFault.BlankLines => "blank lines before the message",
        MessageFault.RequestLine => "request line",
        MessageFault.Method => "method",
        MessageFault.Target => "request target",
        MessageFault.Version => "HTTP version",
        MessageFault.VersionNotSupported => "HTTP version other than 1",
        MessageFault.RequestLineTooLong => "limits.maxRequestLineSize",
        MessageFault.Connect => "CONNECT",
        MessageFault.StatusLine => "status line",
        MessageFault.Status => "status outside 100 to 599",
        MessageFault.SwitchNotAsked => "101 to a protocol that was not asked for",
        MessageFault.FieldName => "field name",
        MessageFault.BlankBeforeColon => "whitespace before a colon",
        MessageFault.FoldedLine => "folded field line",
        MessageFault.UnderscoreName => "field name with an underscore in place of a hyphen",
        MessageFault.TooManyFields => "limits.maxRequestHeaderCount",
        MessageFault.FieldsTooLarge => "limits.maxRequestHeadersTotalSize",
        MessageFault.HostMissing => "no Host",
        MessageFault.HostRepeated => "more than one Host",
        MessageFault.Host => "Host",
        MessageFault.Length => "Content-Length",
        MessageFault.LengthsDiffer => "different values of Content-Length",
        MessageFault.LengthAndCoding => "Transfer-Encoding with Content-Length",
        MessageFault.CodingInHttp10 => "Transfer-Encoding in HTTP/1.0",
        MessageFault.CodingNotChunked => "a last transfer coding other than chunked",
        MessageFault.CodingUnknown => "a transfer coding other than chunked",
        MessageFault.Expectation => "Expect",
        MessageFault.ChunkSize => "chunk size",
        MessageFault.ChunkExtension => "chunk extension",
        MessageFault.ChunkExtensionTooLong => "chunk extensions over 256 bytes in a row",
        MessageFault.ChunkEnd => "chunk without CRLF",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "A fault without text."),
    };
}
