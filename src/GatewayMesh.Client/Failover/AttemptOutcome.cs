using System.Net.Sockets;
using GatewayMesh.Client.Connections;

namespace GatewayMesh.Client.Failover;

/// <summary>How one attempt ended.</summary>
/// <param name="Response">The answer, of an application or of the mesh.</param>
/// <param name="Reason">Why it counts as failed; null when it is the request's answer.</param>
/// <param name="Error">The exception, where there is one.</param>
internal readonly record struct AttemptOutcome(HttpResponseMessage? Response, FailoverReason? Reason, Exception? Error)
{
    // RFC 9113 §7.
    private const long RefusedStreamCode = 7;

    /// <summary>An application may have seen the request.</summary>
    public bool MayHaveRun => Reason is FailoverReason.Lost or FailoverReason.Hung;

    /// <summary>A request was begun on a connection, so that layers below may have used up attempts.</summary>
    public bool IsAttempt => Reason is null or FailoverReason.Lost or FailoverReason.Hung or FailoverReason.NotForwarded or FailoverReason.RefusedStream;

    /// <summary>What the mesh itself answered, if it did.</summary>
    public MeshAnswer? Answer { get; private init; }

    /// <summary>An answer came.</summary>
    public static AttemptOutcome Of(HttpResponseMessage response)
    {
        var answer = MeshAnswer.Read(response);
        return new AttemptOutcome(response, answer is { Forwarded: false, MayDoBetterElsewhere: true } ? FailoverReason.NotForwarded : null, null) { Answer = answer };
    }

    /// <summary>No answer came. Null when the failure is none of the transport: the caller's own content, or a request that can't be sent at all.</summary>
    public static AttemptOutcome? Of(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            FailoverReason? certain = cause switch
            {
                DialException dial => dial.Reason,
                UnsentException => FailoverReason.Unsent,
                HttpProtocolException { ErrorCode: RefusedStreamCode } => FailoverReason.RefusedStream,
                HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } => FailoverReason.Refused,
                _ => null,
            };
            if (certain is { } reason)
            {
                // The innermost knows best: a refused connection is wrapped in a ConnectionError.
                return new AttemptOutcome(null, DialReason(cause) ?? reason, error);
            }
        }

        return error switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError or HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.ExtendedConnectNotSupported } => null,
            HttpRequestException or IOException or SocketException or OperationCanceledException => new AttemptOutcome(null, FailoverReason.Lost, error),
            _ => null,
        };
    }

    /// <summary>Given up, because the other side is hung.</summary>
    public static AttemptOutcome Hung(Exception? error) => new(null, FailoverReason.Hung, error);

    private static FailoverReason? DialReason(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is DialException dial)
            {
                return dial.Reason;
            }
        }

        return null;
    }
}
