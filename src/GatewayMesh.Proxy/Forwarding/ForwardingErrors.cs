using System.Net.Http;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Upstreams;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Maps failures of the forwarder and the HTTP client to the mesh's error values.</summary>
internal static class ForwardingErrors
{
    private const long RefusedStream = 0x7; // RFC 9113 §7

    /// <summary>Returns the error of a failed hop.</summary>
    public static MeshError Of(Exchange exchange, ForwarderError result, Exception? cause)
    {
        if (ConnectFailedException.In(cause) is { } connect)
        {
            return OfConnect(connect);
        }

        if (exchange.Gone.IsCancellationRequested)
        {
            return new MeshError(MeshErrorKind.ClientGone, Forwarded: true);
        }

        if (TlsAlert.In(cause) is { } alert)
        {
            return new MeshError(MeshErrorKind.CertificateRefused, Forwarded: false, alert);
        }

        if (NotProcessedException.IsIn(cause) || IsRefusedStream(cause))
        {
            return new MeshError(MeshErrorKind.ConnectionRefused, Forwarded: false, RetryTriggers.StreamRefused);
        }

        if (exchange.IsAttemptOutOfTime)
        {
            return new MeshError(MeshErrorKind.ResponseTimeout, Forwarded: true, "attempt timeout");
        }

        if (exchange.IsOutOfTime)
        {
            return exchange.Deadline.IsCallers || exchange.CallDeadline.IsOver
                ? new MeshError(MeshErrorKind.DeadlineExceeded, Forwarded: true)
                : new MeshError(MeshErrorKind.ResponseTimeout, Forwarded: true);
        }

        if (exchange.WorkSince == 0
            && (result is ForwarderError.RequestTimedOut or ForwarderError.RequestBodyCanceled
                || (result == ForwarderError.RequestBodyClient && WasCanceledHere(cause))))
        {
            return new MeshError(MeshErrorKind.RequestTimeout, Forwarded: true, "the client was idle for the idle timeout");
        }

        return result == ForwarderError.Request && !exchange.IsBodyBegun && IsRefusedByClient(cause)
            ? new MeshError(MeshErrorKind.RequestMalformed, Forwarded: false, "the request cannot be forwarded")
            : new MeshError(KindOf(result, cause), Forwarded: true, result.ToString());
    }

    /// <summary>Returns the error of a connection that could not be made.</summary>
    public static MeshError OfConnect(ConnectFailedException connect) =>
        new(KindOf(connect.Failure), Forwarded: false, DetailOf(connect));

    // This proxy's timer canceled the read of the client's body, and nothing else failed; the client itself is still connected.
    private static bool WasCanceledHere(Exception? cause) => cause switch
    {
        null => false,
        OperationCanceledException => true,
        AggregateException many => many.InnerExceptions.All(WasCanceledHere),
        _ => WasCanceledHere(cause.InnerException),
    };

    // The HTTP client itself refused to write the request; no connection failed.
    private static bool IsRefusedByClient(Exception? cause) => cause is
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.Unknown,
            InnerException: null or InvalidOperationException or ArgumentException or FormatException or NotSupportedException,
        }
        or InvalidOperationException or ArgumentException or FormatException or NotSupportedException;

    // RFC 9113 §8.7: the peer reports that it did not process the request.
    private static bool IsRefusedStream(Exception? cause)
    {
        for (var each = cause; each is not null; each = each.InnerException)
        {
            if (each is HttpProtocolException { ErrorCode: RefusedStream })
            {
                return true;
            }
        }

        return false;
    }

    private static MeshErrorKind KindOf(ConnectFailure failure) => failure switch
    {
        ConnectFailure.Timeout => MeshErrorKind.ConnectionTimeout,
        ConnectFailure.NameUnknown => MeshErrorKind.DnsFailed,
        ConnectFailure.AddressRefused => MeshErrorKind.AddressRefused,
        ConnectFailure.Handshake => MeshErrorKind.HandshakeFailed,
        ConnectFailure.PeerNotBelieved => MeshErrorKind.PeerNotBelieved,
        ConnectFailure.NoCertificate => MeshErrorKind.NoCertificate,
        _ => MeshErrorKind.ConnectionRefused,
    };

    private static string? DetailOf(ConnectFailedException connect) => connect.Failure switch
    {
        ConnectFailure.Unreachable => "unreachable",
        ConnectFailure.OutOfSockets => MeshError.OutOfSockets,
        ConnectFailure.Other => "connect failed",
        ConnectFailure.AddressRefused => (connect.InnerException as AddressRefusedException)?.Fault.Word(),
        ConnectFailure.PeerNotBelieved => (connect.InnerException as HandshakeException)?.Fault.ToString(),
        _ => null,
    };

    private static MeshErrorKind KindOf(ForwarderError result, Exception? cause) => result switch
    {
        ForwarderError.RequestBodyClient when KindOfBody(cause) is { } kind => kind,
        // When the upstream stream ends during the body, the forwarder reports a body that the client broke off.
        ForwarderError.RequestBodyClient when cause is AggregateException
        {
            InnerExceptions: [OperationCanceledException, { } stream],
        } => KindOf(stream),
        ForwarderError.RequestBodyClient
            or ForwarderError.UpgradeRequestClient
            or ForwarderError.ResponseBodyClient
            or ForwarderError.UpgradeResponseClient => MeshErrorKind.ClientGone,
        ForwarderError.RequestTimedOut
            or ForwarderError.RequestBodyCanceled
            or ForwarderError.ResponseBodyCanceled => MeshErrorKind.ResponseTimeout,
        ForwarderError.ResponseBodyDestination or ForwarderError.UpgradeResponseDestination => MeshErrorKind.ResponseIncomplete,
        ForwarderError.ResponseHeaders => MeshErrorKind.UpstreamProtocol,
        ForwarderError.RequestCreation or ForwarderError.NoAvailableDestinations => MeshErrorKind.Internal,
        _ => KindOf(cause),
    };

    private static MeshErrorKind KindOf(Exception? cause)
    {
        for (var each = cause; each is not null; each = each.InnerException)
        {
            switch (each)
            {
                case HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded }:
                case HttpRequestException
                {
                    HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded,
                }:
                    return MeshErrorKind.UpstreamProtocol;
            }
        }

        return MeshErrorKind.ConnectionReset;
    }

    /// <summary>Returns the kind of a fault of the client's body; null if the cause is something else.</summary>
    internal static MeshErrorKind? KindOfBody(Exception? cause) => cause switch
    {
        null => null,
        SlowBodyException => MeshErrorKind.RequestTimeout,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => MeshErrorKind.RequestTooLarge,
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => MeshErrorKind.RequestTimeout,
        BadHttpRequestException => MeshErrorKind.RequestMalformed,
        AggregateException many => many.InnerExceptions.Select(KindOfBody).FirstOrDefault(kind => kind is not null),
        _ => KindOfBody(cause.InnerException),
    };
}
