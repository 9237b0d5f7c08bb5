using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Messages;

/// <summary>
/// Head of a request as received. Every decision, log line, and forwarded field comes from this one reading. Steps of the pipeline change
/// <see cref="Fields"/> alone. Reused for the life of a connection or stream.
/// </summary>
internal sealed class RequestHead
{
    /// <summary>Method byte for byte; case-sensitive (RFC 9110 §9.1).</summary>
    public string Method { get; set; } = "";

    /// <summary>Target of the request line byte for byte (RFC 9112 §3.2), or <c>:path</c>.</summary>
    public string Target { get; set; } = "";

    /// <summary>Version of the message. Default: HTTP/1.1.</summary>
    public MessageVersion Version { get; set; }

    /// <summary>Field lines in order.</summary>
    public FieldTable Fields { get; } = new();

    /// <summary>Protocol of an extended CONNECT (RFC 8441 §4); null for other requests. Default: null.</summary>
    public string? ConnectProtocol { get; set; }

    /// <summary>True if the message has content, including content of unknown length. Default: false.</summary>
    public bool HasBody { get; set; }

    /// <summary>Length of the content; null if unknown or there is none. Default: null.</summary>
    public long? ContentLength { get; set; }

    /// <summary>Fault that the reader found. Default: none.</summary>
    public HeadFault Fault { get; set; }

    /// <summary>Value of <c>Host</c>, or of <c>:authority</c>; empty if there is none.</summary>
    public StringValues Host => Fields["Host"];

    /// <summary>True for HTTP/2.</summary>
    public bool IsHttp2 => Version == MessageVersion.Http2;

    /// <summary>Forgets the message.</summary>
    public void Clear()
    {
        Method = "";
        Target = "";
        Version = default;
        Fields.Clear();
        ConnectProtocol = null;
        HasBody = false;
        ContentLength = null;
        Fault = default;
    }
}
