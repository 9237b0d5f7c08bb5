using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Grpc;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>Derives evidence about an instance from an error or a response.</summary>
public static class EndpointEvidence
{
    /// <summary>
    /// Returns the evidence of an attempt that ended with <paramref name="error"/> on this side of the connection. Only events on the
    /// connection to the instance count. A request that could not be sent, a client's slow or broken upload, and a local shortage of
    /// sockets are no evidence about the instance.
    /// </summary>
    public static EndpointOutcome OfAttempt(in MeshError error) => error switch
    {
        { Kind: MeshErrorKind.ConnectionRefused, Details: MeshError.OutOfSockets } => EndpointOutcome.Cancelled,
        { Kind: MeshErrorKind.Internal } => EndpointOutcome.Cancelled,
        _ => Of(error.Kind) is var shown && shown == EndpointOutcome.Success ? EndpointOutcome.Cancelled : shown,
    };

    /// <summary>Returns the evidence about an instance whose sidecar reported <paramref name="kind"/>.</summary>
    public static EndpointOutcome Of(MeshErrorKind kind) => kind switch
    {
        MeshErrorKind.DnsFailed
            or MeshErrorKind.ConnectionRefused
            or MeshErrorKind.ConnectionTimeout
            or MeshErrorKind.HandshakeFailed
            or MeshErrorKind.PeerNotBelieved => EndpointOutcome.ConnectFailed,
        MeshErrorKind.ConnectionReset or MeshErrorKind.ResponseIncomplete or MeshErrorKind.ResponseTimeout or MeshErrorKind.UpstreamProtocol
            or MeshErrorKind.NoEndpoint or MeshErrorKind.Draining or MeshErrorKind.NotConfigured
            or MeshErrorKind.Internal => EndpointOutcome.Failed,
        MeshErrorKind.ClientGone
            or MeshErrorKind.NoCertificate
            or MeshErrorKind.CertificateRefused
            or MeshErrorKind.DeadlineExceeded
            or MeshErrorKind.RequestTimeout => EndpointOutcome.Cancelled,
        // Reported by a peer: a registry record is wrong, and the peer that rejects the record is healthy.
        MeshErrorKind.AddressRefused => EndpointOutcome.Cancelled,
        // A proxy that protects itself or its application is healthy: if it were ejected, the others would receive its share and refuse
        // too.
        MeshErrorKind.Overloaded
            or MeshErrorKind.LimitReached
            or MeshErrorKind.CircuitOpen
            or MeshErrorKind.Shed
            or MeshErrorKind.ConcurrencyLimited => EndpointOutcome.Cancelled,
        _ => EndpointOutcome.Success,
    };

    /// <summary>Returns the evidence of the application's own response.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="grpcStatus">gRPC status, <see cref="GrpcStatus.None"/> if there is none; takes precedence over the HTTP status (Envoy,
    /// <c>grpcToHttpStatus</c>).</param>
    public static EndpointOutcome OfAnswer(int status, int grpcStatus = GrpcStatus.None) => grpcStatus switch
    {
        GrpcStatus.Unavailable or GrpcStatus.DeadlineExceeded => EndpointOutcome.GatewayError,
        GrpcStatus.Unknown or GrpcStatus.Internal or GrpcStatus.DataLoss => EndpointOutcome.ServerError,
        _ => status switch
        {
            502 or 503 or 504 => EndpointOutcome.GatewayError,
            >= 500 and < 600 => EndpointOutcome.ServerError,
            _ => EndpointOutcome.Success,
        },
    };
}
