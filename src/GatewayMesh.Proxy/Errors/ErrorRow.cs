namespace GatewayMesh.Proxy.Errors;

/// <summary>What one kind of error looks like from outside.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Status">HTTP status; 499 where nothing is written.</param>
/// <param name="Grpc">gRPC status code.</param>
/// <param name="ProxyError">Error type of RFC 9209 §2.3.</param>
/// <param name="Reason">Short code: metric tag, log word and <c>error</c> member of the body.</param>
/// <param name="Title">One sentence for people.</param>
public sealed record ErrorRow(MeshErrorKind Kind, int Status, int Grpc, string ProxyError, string Reason, string Title)
{
    /// <summary>True when trying again later is likely to help: the answer carries <c>Retry-After: 1</c>. Default: false.</summary>
    public bool RetryLater { get; init; }

    /// <summary>True when another instance, or another way to it, may do better. Default: false.</summary>
    public bool Retryable { get; init; }
}
