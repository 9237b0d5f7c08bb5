using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>From error to evidence about the instance.</summary>
public static class EndpointEvidence
{
    /// <summary>What <paramref name="kind"/>, met while talking to an instance or said by its sidecar, shows of that instance.</summary>
    public static EndpointOutcome Of(MeshErrorKind kind) => kind switch
    {
        MeshErrorKind.DnsFailed or MeshErrorKind.ConnectionRefused or MeshErrorKind.ConnectionTimeout or MeshErrorKind.HandshakeFailed or MeshErrorKind.PeerNotBelieved => EndpointOutcome.ConnectFailed,
        MeshErrorKind.ConnectionReset or MeshErrorKind.ResponseIncomplete or MeshErrorKind.ResponseTimeout or MeshErrorKind.UpstreamProtocol
            or MeshErrorKind.NoEndpoint or MeshErrorKind.Draining or MeshErrorKind.NotConfigured
            or MeshErrorKind.Internal => EndpointOutcome.Failed,
        MeshErrorKind.ClientGone or MeshErrorKind.NoCertificate or MeshErrorKind.CertificateRefused or MeshErrorKind.DeadlineExceeded or MeshErrorKind.RequestTimeout => EndpointOutcome.Cancelled,
        // A proxy that protects itself or its application is well: were it ejected, the others would get its share and refuse too.
        MeshErrorKind.Overloaded or MeshErrorKind.LimitReached or MeshErrorKind.CircuitOpen or MeshErrorKind.Shed or MeshErrorKind.ConcurrencyLimited => EndpointOutcome.Cancelled,
        _ => EndpointOutcome.Success,
    };
}
