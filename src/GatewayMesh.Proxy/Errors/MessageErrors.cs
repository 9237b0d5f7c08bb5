using GatewayMesh.Proxy.Http1;

namespace GatewayMesh.Proxy.Errors;

/// <summary>Errors of HTTP/1.1 messages that are refused while they are read.</summary>
internal static class MessageErrors
{
    /// <summary>
    /// Returns the error of a request. Its status is that of <see cref="MessageFaults.StatusOf"/>, and ends the connection.
    /// </summary>
    public static MeshError OfRequest(MessageFault fault) =>
        new(KindOf(MessageFaults.StatusOf(fault)), Forwarded: false, MessageFaults.TextOf(fault));

    /// <summary>Returns the error of a response: 502.</summary>
    public static MeshError OfResponse(MessageFault fault) =>
        new(MeshErrorKind.UpstreamProtocol, Forwarded: true, MessageFaults.TextOf(fault));

    private static MeshErrorKind KindOf(int status) => status switch
    {
        405 => MeshErrorKind.MethodNotAllowed,
        414 => MeshErrorKind.RequestLineTooLong,
        417 => MeshErrorKind.ExpectationFailed,
        431 => MeshErrorKind.RequestFieldsTooLarge,
        501 => MeshErrorKind.NotImplemented,
        505 => MeshErrorKind.VersionNotSupported,
        _ => MeshErrorKind.RequestMalformed,
    };
}
