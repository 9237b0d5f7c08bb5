using System.Collections.Immutable;

namespace GatewayMesh.Proxy.Messages;

/// <summary>A response of the data path itself: an error, a redirect, or the response to a liveness check.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Fields">Fields other than <c>Content-Length</c>.</param>
/// <param name="Body">Body; empty for none.</param>
internal sealed record LocalAnswer(int Status, ImmutableArray<Field> Fields, ReadOnlyMemory<byte> Body)
{
    /// <summary>True if an HTTP/1.1 connection ends with this response. Default: false.</summary>
    public bool EndsConnection { get; init; }

    /// <summary>True if the head ends the stream: a gRPC response without messages (trailers-only). Default: false.</summary>
    public bool IsTrailersOnly { get; init; }

    /// <summary>Creates a response without fields and body.</summary>
    public static LocalAnswer Empty(int status) => new(status, [], default);
}
