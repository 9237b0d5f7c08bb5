namespace GatewayMesh.Proxy.Errors;

/// <summary>External form of one kind of error.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Status">HTTP status; 499 if no response is written.</param>
/// <param name="Grpc">gRPC status code.</param>
/// <param name="ProxyError">Error type of RFC 9209 §2.3.</param>
/// <param name="Reason">Short code: metric tag, log word, and <c>error</c> member of the body.</param>
/// <param name="Title">One sentence for humans.</param>
public sealed record ErrorRow(MeshErrorKind Kind, int Status, int Grpc, string ProxyError, string Reason, string Title)
{
    /// <summary>True if a later retry is likely to help: the response has <c>Retry-After: 1</c>. Default: false.</summary>
    public bool RetryLater { get; init; }

    /// <summary>True if another instance or another route may succeed. Default: false.</summary>
    public bool Retryable { get; init; }
}
