using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Grpc;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>From error or answer to evidence about the instance.</summary>
public static class EndpointEvidence
{
    /// <summary>
    /// What an attempt that ended with <paramref name="error"/> here, on this side of the connection, shows of the instance. Only what happened on the connection to the
    /// instance counts. A request that could not be sent, a client's slow or broken upload, or a want of sockets of our own says nothing of the instance, good or bad.
    /// </summary>
    public static EndpointOutcome OfAttempt(in MeshError error) => error switch
    {
        { Kind: MeshErrorKind.ConnectionRefused, Details: MeshError.OutOfSockets } => EndpointOutcome.Cancelled,
        { Kind: MeshErrorKind.Internal } => EndpointOutcome.Cancelled,
        _ => Of(error.Kind) is var shown && shown == EndpointOutcome.Success ? EndpointOutcome.Cancelled : shown,
    };

    /// <summary>What <paramref name="kind"/>, said by the sidecar of an instance, shows of that instance.</summary>
    public static EndpointOutcome Of(MeshErrorKind kind) => kind switch
    {
        MeshErrorKind.DnsFailed or MeshErrorKind.ConnectionRefused or MeshErrorKind.ConnectionTimeout or MeshErrorKind.HandshakeFailed or MeshErrorKind.PeerNotBelieved => EndpointOutcome.ConnectFailed,
        MeshErrorKind.ConnectionReset or MeshErrorKind.ResponseIncomplete or MeshErrorKind.ResponseTimeout or MeshErrorKind.UpstreamProtocol
            or MeshErrorKind.NoEndpoint or MeshErrorKind.Draining or MeshErrorKind.NotConfigured
            or MeshErrorKind.Internal => EndpointOutcome.Failed,
        MeshErrorKind.ClientGone or MeshErrorKind.NoCertificate or MeshErrorKind.CertificateRefused or MeshErrorKind.DeadlineExceeded or MeshErrorKind.RequestTimeout => EndpointOutcome.Cancelled,
        // Said by a peer: a record of the registry is wrong, and the peer that does not follow it is well.
        MeshErrorKind.AddressRefused => EndpointOutcome.Cancelled,
        // A proxy that protects itself or its application is well: were it ejected, the others would get its share and refuse too.
        MeshErrorKind.Overloaded or MeshErrorKind.LimitReached or MeshErrorKind.CircuitOpen or MeshErrorKind.Shed or MeshErrorKind.ConcurrencyLimited => EndpointOutcome.Cancelled,
        _ => EndpointOutcome.Success,
    };

    /// <summary>What the application's own answer shows of the instance.</summary>
    /// <param name="status">Status of HTTP.</param>
    /// <param name="grpcStatus">Status of gRPC, <see cref="GrpcStatus.None"/> where there is none; it goes before the other (Envoy, <c>grpcToHttpStatus</c>).</param>
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
