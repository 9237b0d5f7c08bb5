using System.Net.Sockets;
using GatewayMesh.Client.Connections;

namespace GatewayMesh.Client.Failover;

/// <summary>The outcome of one attempt.</summary>
/// <param name="Response">The answer of an application or of the mesh.</param>
/// <param name="Reason">The reason of the failure; null if the answer is final.</param>
/// <param name="Error">The exception, if any.</param>
internal readonly record struct AttemptOutcome(HttpResponseMessage? Response, FailoverReason? Reason, Exception? Error)
{
    // RFC 9113 §7.
    private const long RefusedStreamCode = 7;

    /// <summary>True if an application may have seen the request.</summary>
    public bool MayHaveRun => Reason is FailoverReason.Lost or FailoverReason.Hung;

    /// <summary>True if a request was started on a connection, so that lower layers may have used up attempts.</summary>
    public bool IsAttempt =>
        Reason is null or FailoverReason.Lost or FailoverReason.Hung or FailoverReason.NotForwarded or FailoverReason.RefusedStream;

    /// <summary>The mesh's own answer, or null.</summary>
    public MeshAnswer? Answer { get; private init; }

    /// <summary>The outcome of an answered attempt.</summary>
    public static AttemptOutcome Of(HttpResponseMessage response)
    {
        var answer = MeshAnswer.Read(response);
        return new AttemptOutcome(
            response,
            answer is { Forwarded: false, MayDoBetterElsewhere: true } ? FailoverReason.NotForwarded : null,
            null) { Answer = answer };
    }

    /// <summary>
    /// The outcome of an attempt without an answer. Null if the failure is not a transport failure: the caller's content failed, or the
    /// request is not sendable at all.
    /// </summary>
    public static AttemptOutcome? Of(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            FailoverReason? certain = cause switch
            {
                DialException dial => dial.Reason,
                UnsentException => FailoverReason.Unsent,
                HttpProtocolException { ErrorCode: RefusedStreamCode } => FailoverReason.RefusedStream,
                HttpRequestException
                {
                    HttpRequestError: HttpRequestError.ConnectionError
                        or HttpRequestError.NameResolutionError
                        or HttpRequestError.SecureConnectionError,
                } => FailoverReason.Refused,
                _ => null,
            };
            if (certain is { } reason)
            {
                // The innermost exception is the most precise: a refused connection is wrapped in a ConnectionError.
                return new AttemptOutcome(null, DialReason(cause) ?? reason, error);
            }
        }

        return error switch
        {
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.VersionNegotiationError
                    or HttpRequestError.ConfigurationLimitExceeded
                    or HttpRequestError.ExtendedConnectNotSupported,
            } => null,
            HttpRequestException or IOException or SocketException or OperationCanceledException =>
                new AttemptOutcome(null, FailoverReason.Lost, error),
            _ => null,
        };
    }

    /// <summary>The outcome of an attempt that was abandoned because the target is hung.</summary>
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
