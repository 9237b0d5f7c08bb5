using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>Matches failures against a policy's retry conditions (<c>retries.on</c>), which have the same meaning as in Envoy.</summary>
internal static class RetryTriggers
{
    /// <summary>Value of <see cref="MeshError.Details"/> for a refused stream.</summary>
    public const string StreamRefused = "stream refused";

    /// <summary>
    /// True if the policy names an attempt without an application response. <c>5xx</c> and <c>gateway-error</c> include all of these.
    /// </summary>
    public static bool Names(RetriesModel retries, in MeshError error) =>
        retries.Has(RetryCondition.ServerError) || retries.Has(RetryCondition.GatewayError) || retries.Has(ConditionOf(error));

    /// <summary>True if the policy names an application response with this status, 100 to 599.</summary>
    public static bool NamesStatus(RetriesModel retries, int status) => status >= 400 && (
        (status >= 500 && retries.Has(RetryCondition.ServerError))
        || (status is 502 or 503 or 504 && retries.Has(RetryCondition.GatewayError))
        || (status == 409 && retries.Has(RetryCondition.Retriable4xx))
        || (retries.Has(RetryCondition.StatusCodes) && retries.StatusCodes.Contains(status)));

    /// <summary>True if the policy names a gRPC call that ended with this status and without a message.</summary>
    public static bool NamesGrpc(RetriesModel retries, int status) => status switch
    {
        1 => retries.Has(RetryCondition.Cancelled),
        4 => retries.Has(RetryCondition.DeadlineExceeded),
        8 => retries.Has(RetryCondition.ResourceExhausted),
        13 => retries.Has(RetryCondition.Internal),
        14 => retries.Has(RetryCondition.Unavailable),
        _ => false,
    };

    private static RetryCondition ConditionOf(in MeshError error) => error switch
    {
        { Forwarded: true } => RetryCondition.Reset,
        { IsStreamRefused: true } => RetryCondition.RefusedStream,
        {
            Kind: MeshErrorKind.AddressRefused
                or MeshErrorKind.DnsFailed
                or MeshErrorKind.ConnectionRefused
                or MeshErrorKind.ConnectionTimeout
            or MeshErrorKind.HandshakeFailed
                or MeshErrorKind.PeerNotBelieved
                or MeshErrorKind.NoCertificate
                or MeshErrorKind.CertificateRefused
        } => RetryCondition.ConnectFailure,
        _ => RetryCondition.NotForwarded,
    };
}
