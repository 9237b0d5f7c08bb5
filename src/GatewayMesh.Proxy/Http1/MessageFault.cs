namespace GatewayMesh.Proxy.Http1;

/// <summary>
/// Reason to refuse an HTTP/1.1 message. A request is answered with the status of <see cref="MessageFaults"/>, a response is a 502; either
/// way nothing more is read from the connection.
/// </summary>
internal enum MessageFault
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>A line ends with LF alone (RFC 9112 §2.2 permits rejection).</summary>
    BareLineFeed,

    /// <summary>CR without LF (RFC 9112 §2.2).</summary>
    BareCarriageReturn,

    /// <summary>A control character other than HTAB (RFC 9110 §5.5).</summary>
    ControlCharacter,

    /// <summary>More than one blank line before a message (RFC 9112 §2.2).</summary>
    BlankLines,

    /// <summary>A request line that is not three words separated by one space (RFC 9112 §3).</summary>
    RequestLine,

    /// <summary>A method that is not a token (RFC 9110 §9.1), or is as long as a request line may be.</summary>
    Method,

    /// <summary>A target in none of the forms of RFC 9112 §3.2, or with a character that no URI contains.</summary>
    Target,

    /// <summary>A word that is not <c>HTTP/</c> and a version (RFC 9112 §2.3).</summary>
    Version,

    /// <summary>A major version other than 1.</summary>
    VersionNotSupported,

    /// <summary>A request line over its limit.</summary>
    RequestLineTooLong,

    /// <summary>CONNECT, which would make this proxy a tunnel to anywhere.</summary>
    Connect,

    /// <summary>A status line that is not version, three digits, and reason (RFC 9112 §4).</summary>
    StatusLine,

    /// <summary>A status outside 100 to 599 (RFC 9110 §15).</summary>
    Status,

    /// <summary>101 without a request for that protocol (RFC 9110 §15.2.2).</summary>
    SwitchNotAsked,

    /// <summary>A field line whose name is not a token followed by a colon (RFC 9112 §5).</summary>
    FieldName,

    /// <summary>Whitespace before the colon (RFC 9112 §5.1).</summary>
    BlankBeforeColon,

    /// <summary>A line that begins with whitespace (RFC 9112 §5.2).</summary>
    FoldedLine,

    /// <summary>A framing field or a field of the mesh with <c>_</c> in place of <c>-</c>: many applications read both as one.</summary>
    UnderscoreName,

    /// <summary>More field lines than allowed.</summary>
    TooManyFields,

    /// <summary>More bytes of field lines than allowed.</summary>
    FieldsTooLarge,

    /// <summary>An HTTP/1.1 request without <c>Host</c> (RFC 9112 §3.2).</summary>
    HostMissing,

    /// <summary>More than one <c>Host</c>.</summary>
    HostRepeated,

    /// <summary>A <c>Host</c> that is not an authority (RFC 3986 §3.2).</summary>
    Host,

    /// <summary>A <c>Content-Length</c> that is not digits, or above 2⁶³−1 (RFC 9110 §8.6).</summary>
    Length,

    /// <summary>Several <c>Content-Length</c> with different values (RFC 9112 §6.3).</summary>
    LengthsDiffer,

    /// <summary><c>Content-Length</c> with <c>Transfer-Encoding</c>: request smuggling (RFC 9112 §6.1).</summary>
    LengthAndCoding,

    /// <summary><c>Transfer-Encoding</c> in HTTP/1.0 (RFC 9112 §6.1).</summary>
    CodingInHttp10,

    /// <summary>A transfer coding whose last member is not <c>chunked</c>, or <c>chunked</c> twice (RFC 9112 §6.3).</summary>
    CodingNotChunked,

    /// <summary>A transfer coding in addition to <c>chunked</c>.</summary>
    CodingUnknown,

    /// <summary>An <c>Expect</c> other than <c>100-continue</c> (RFC 9110 §10.1.1).</summary>
    Expectation,

    /// <summary>A chunk size that is not 1 to 16 hexadecimal digits, or above 2⁶³−1 (RFC 9112 §7.1).</summary>
    ChunkSize,

    /// <summary>A malformed chunk extension (RFC 9112 §7.1.1).</summary>
    ChunkExtension,

    /// <summary>Chunk extensions over 256 bytes.</summary>
    ChunkExtensionTooLong,

    /// <summary>Chunk data that is not followed by CRLF.</summary>
    ChunkEnd,
}
