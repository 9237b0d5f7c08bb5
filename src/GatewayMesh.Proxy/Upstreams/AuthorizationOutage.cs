using System.Net.Sockets;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// Failures that count as an outage of an authorization service, so that <c>failOpen</c> lets the request pass: only those that no client
/// can cause. All others, also those that are not known here, refuse the request.
/// </summary>
internal static class AuthorizationOutage
{
    /// <summary>True if the error, from this side of a connection or reported by the service's sidecar, is an outage.</summary>
    /// <remarks>
    /// A limit, a loop, or a wrong certificate is none. <see cref="MeshErrorKind.NoEndpoint"/> is missing because a peer reports refusals,
    /// such as an open circuit breaker, with the same type.
    /// </remarks>
    public static bool Is(in MeshError error) => error is
    {
        Kind: MeshErrorKind.DnsFailed
            or MeshErrorKind.ConnectionRefused
            or MeshErrorKind.ConnectionTimeout
            or MeshErrorKind.HandshakeFailed
            or MeshErrorKind.ResponseTimeout,
        Details: not MeshError.OutOfSockets,
    };

    /// <summary>
    /// True if the exception of an HTTP client is an outage: a connection failed before anything of the request was sent. What happens
    /// later may be the client's doing.
    /// </summary>
    public static bool Is(Exception failure) => ConnectFailedException.In(failure) is { } connect
        ? Is(ForwardingErrors.OfConnect(connect))
        : failure is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError
                or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError,
            InnerException: not AddressRefusedException,
        }
        && !(failure.InnerException is SocketException socket
            && ConnectFailedException.Of(socket.SocketErrorCode) == ConnectFailure.OutOfSockets);
}
