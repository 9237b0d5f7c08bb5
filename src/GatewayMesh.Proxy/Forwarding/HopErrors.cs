using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Maps failures of an HTTP/1.1 hop to the mesh's error values.</summary>
internal static class HopErrors
{
    /// <summary>Returns the error of a connection that could not be made: nothing was forwarded.</summary>
    public static MeshError OfConnect(Exchange exchange, Exception failure) =>
        ConnectFailedException.In(failure) is { } connect ? ForwardingErrors.OfConnect(connect)
        : exchange.Gone.IsCancellationRequested ? new MeshError(MeshErrorKind.ClientGone)
        : OfTime(exchange, forwarded: false) is { IsError: true } late ? late
        : new MeshError(MeshErrorKind.ConnectionRefused, Forwarded: false, "connect failed");

    /// <summary>Returns the error of a hop that failed with <paramref name="failure"/>.</summary>
    public static MeshError Of(Exchange exchange, InstanceConnection connection, Upload? upload, bool isSilent, Exception failure)
    {
        var cause = upload?.Fault ?? failure;
        if (cause is BodyFaultException body)
        {
            return new MeshError(body.Kind, Forwarded: true, body.Kind == MeshErrorKind.ClientGone ? null : body.Message);
        }

        if (cause is SlowBodyException)
        {
            return new MeshError(MeshErrorKind.RequestTimeout, Forwarded: true);
        }

        if (exchange.Gone.IsCancellationRequested)
        {
            return new MeshError(MeshErrorKind.ClientGone, Forwarded: true);
        }

        if (TlsAlert.In(failure) is { } alert)
        {
            return new MeshError(MeshErrorKind.CertificateRefused, Forwarded: false, alert);
        }

        if (OfTime(exchange, forwarded: true) is { IsError: true } late)
        {
            return late;
        }

        if (isSilent)
        {
            return upload is { AwaitsClient: true }
                ? new MeshError(MeshErrorKind.RequestTimeout, Forwarded: true, "the client was idle for the idle timeout")
                : new MeshError(MeshErrorKind.ResponseTimeout, Forwarded: true);
        }

        return failure is MessageFaultException ? new MeshError(MeshErrorKind.UpstreamProtocol, Forwarded: true, failure.Message)
            : exchange.Attempt.HasAnswer ? new MeshError(MeshErrorKind.ResponseIncomplete, Forwarded: true)
            : new MeshError(MeshErrorKind.ConnectionReset, Forwarded: connection.IsWritten);
    }

    private static MeshError OfTime(Exchange exchange, bool forwarded) =>
        exchange.IsAttemptOutOfTime ? new MeshError(MeshErrorKind.ResponseTimeout, forwarded, "attempt timeout")
        : !exchange.IsOutOfTime ? MeshError.None
        : exchange.Deadline.IsCallers || exchange.CallDeadline.IsOver ? new MeshError(MeshErrorKind.DeadlineExceeded, forwarded)
        : new MeshError(MeshErrorKind.ResponseTimeout, forwarded);
}
