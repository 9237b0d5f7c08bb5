namespace GatewayMesh.Proxy.Messages;

/// <summary>Fault of a request head that its reader reports instead of rejecting the request.</summary>
internal enum HeadFault
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>A line ends with LF alone (RFC 9112 §2.2 permits rejection).</summary>
    BareLineFeed,

    /// <summary><c>Content-Length</c> with <c>Transfer-Encoding</c>: request smuggling (RFC 9112 §6.1).</summary>
    LengthAndCoding,
}
