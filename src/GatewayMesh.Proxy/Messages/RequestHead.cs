using GatewayMesh.Proxy.Errors;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Messages;

/// <summary>
/// Head of a request as received. Every decision, log line, and forwarded field comes from this one reading. Steps of the pipeline change
/// <see cref="Fields"/> alone. Reused for the life of a connection or stream.
/// </summary>
internal sealed class RequestHead
{
    private string? _method = "";
    private string? _target = "";
    private ByteRange _methodRange;
    private ByteRange _targetRange;
    private RememberedText _lastMethod;
    private RememberedText _lastTarget;

    /// <summary>Method byte for byte; case-sensitive (RFC 9110 §9.1).</summary>
    public string Method
    {
        get => _method ??= KnownMethods.Find(MethodBytes) ?? _lastMethod.Decode(MethodBytes);
        set => (_method, _methodRange) = (value, default);
    }

    /// <summary>Target of the request line byte for byte (RFC 9112 §3.2), or <c>:path</c>.</summary>
    public string Target
    {
        get => _target ??= _lastTarget.Decode(TargetBytes);
        set => (_target, _targetRange) = (value, default);
    }

    /// <summary>Bytes of the method; empty if another adapter gave it as text. Valid until the head changes.</summary>
    public ReadOnlySpan<byte> MethodBytes => Fields.Bytes.Slice(_methodRange.Start, _methodRange.Length);

    /// <summary>Bytes of the target; empty if another adapter gave it as text. Valid until the head changes.</summary>
    public ReadOnlySpan<byte> TargetBytes => Fields.Bytes.Slice(_targetRange.Start, _targetRange.Length);

    /// <summary>Form of the target. Default: origin-form.</summary>
    public TargetForm Form { get; set; }

    /// <summary>Version of the message. Default: HTTP/1.1.</summary>
    public MessageVersion Version { get; set; }

    /// <summary>Field lines in order.</summary>
    public FieldTable Fields { get; } = new();

    /// <summary>Protocol of an extended CONNECT (RFC 8441 §4); null for other requests. Default: null.</summary>
    public string? ConnectProtocol { get; set; }

    /// <summary>End of the content of an HTTP/1.1 request. Default: none.</summary>
    public BodyFraming Framing { get; set; }

    /// <summary>True if the message has content, including content of unknown length. Default: false.</summary>
    public bool HasBody { get; set; }

    /// <summary>Length of the content; null if unknown or there is none. Default: null.</summary>
    public long? ContentLength { get; set; }

    /// <summary>True if the client's connection may serve another HTTP/1.1 request (RFC 9112 §9.3). Default: false.</summary>
    public bool KeepsAlive { get; set; }

    /// <summary>True if the client waits for <c>100 Continue</c> (RFC 9110 §10.1.1). Default: false.</summary>
    public bool ExpectsContinue { get; set; }

    /// <summary>Error with which the reader refuses the request; the head is then incomplete. Default: none.</summary>
    public MeshError Refusal { get; set; }

    /// <summary>Value of <c>Host</c>, or of <c>:authority</c>; empty if there is none.</summary>
    public StringValues Host => Fields[KnownField.Host];

    /// <summary>True for HTTP/2.</summary>
    public bool IsHttp2 => Version == MessageVersion.Http2;

    /// <summary>Sets method and target as ranges of the head that <see cref="Fields"/> keeps.</summary>
    public void Receive(ByteRange method, ByteRange target)
    {
        (_method, _methodRange) = (null, method);
        (_target, _targetRange) = (null, target);
    }

    /// <summary>Forgets the message.</summary>
    public void Clear()
    {
        Method = "";
        Target = "";
        Form = default;
        Version = default;
        Fields.Clear();
        ConnectProtocol = null;
        Framing = default;
        HasBody = false;
        ContentLength = null;
        KeepsAlive = false;
        ExpectsContinue = false;
        Refusal = default;
    }
}
