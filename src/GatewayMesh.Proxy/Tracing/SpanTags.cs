using System.Diagnostics;
using System.Globalization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Tracing;

/// <summary>
/// Names, attributes, and status of spans by OpenTelemetry's semantic conventions for HTTP (stable) and RPC (release candidate). Queries
/// and fields of requests may hold secrets and are never attributes.
/// </summary>
internal static class SpanTags
{
    private const string ErrorType = "error.type";
    private const string OtherMethod = "_OTHER";
    private const int LongestRpcMethod = 128;

    /// <summary>Sets what is known when an attempt begins.</summary>
    /// <param name="span">Span of the attempt.</param>
    /// <param name="exchange">The request.</param>
    /// <param name="hop">The hop of the attempt.</param>
    /// <param name="earlier">Number of earlier attempts of the request at this hop.</param>
    public static void OfAttempt(Activity span, Exchange exchange, in Hop hop, int earlier)
    {
        var key = hop.Upstream.Key;
        span.DisplayName = NameOf(exchange, span);
        var target = ForwardedRequest.TargetOf(exchange, hop);
        span.SetTag("url.full", $"{(key.Peer is null ? "http" : "https")}://{key.Address}{PathOf(target)}");
        span.SetTag("server.address", key.Address.Host);
        span.SetTag("server.port", key.Address.Port);
        span.SetTag("network.protocol.name", "http");
        span.SetTag("network.protocol.version", key.Protocol == WireProtocol.Http2 ? "2" : "1.1");
        span.SetTag("gatewaymesh.attempt", exchange.Attempts.Number);
        if (earlier > 0)
        {
            span.SetTag("http.request.resend_count", earlier);
        }

        if (hop.Destination is not null)
        {
            span.SetTag("gatewaymesh.gateway", true);
        }
    }

    /// <summary>Sets the outcome of an attempt. Returns true if the attempt failed, which records the request.</summary>
    public static bool OfOutcome(Activity span, Exchange exchange, in MeshError error)
    {
        ref readonly var attempt = ref exchange.Attempt;
        var found = error.IsError ? error : attempt.Answered;
        var grpc = exchange.IsGrpc ? attempt.GrpcStatus : GrpcStatus.None;
        SetStatuses(span, attempt.Status, grpc);
        if (found.IsError)
        {
            Fail(span, found.Row.Reason, found.Details);
            return found.Kind != MeshErrorKind.ClientGone;
        }

        if (grpc > 0)
        {
            Fail(span, GrpcWords.Of(grpc));
            return GrpcWords.IsFailure(grpc);
        }

        if (attempt.Status >= 400)
        {
            Fail(span, Labels.Status(attempt.Status));
        }

        return attempt.Status >= 500;
    }

    /// <summary>Sets everything about a request when it ends. Returns true if the request failed, which records it.</summary>
    public static bool OfRequest(Activity span, Exchange exchange, in RequestSummary summary)
    {
        span.DisplayName = NameOf(exchange, span);
        span.SetTag("url.path", PathOf(exchange.Target.PathAndQuery));
        span.SetTag("url.scheme", exchange.Scheme);
        span.SetTag("network.protocol.name", "http");
        span.SetTag("network.protocol.version", VersionOf(exchange.Head.Version));
        span.SetTag("client.address", exchange.InboundConnection.Peer.ToString());
        if (exchange.Host is { Length: > 0 } host)
        {
            span.SetTag("server.address", host);
        }

        span.SetTag("gatewaymesh.direction", summary.Direction.Word());
        span.SetTag("gatewaymesh.source", summary.Source);
        span.SetTag("gatewaymesh.destination", summary.Destination);
        span.SetTag("gatewaymesh.route", summary.Route);
        span.SetTag("gatewaymesh.tier", summary.Tier.Word());
        span.SetTag("gatewaymesh.request_id", summary.RequestId);
        var grpc = summary.GrpcStatus ?? GrpcStatus.None;
        SetStatuses(span, summary.Status, grpc);
        if (summary.Error != MeshErrorKind.None)
        {
            // A client that is gone, and one that sent a bad request, are no failure of this server.
            var row = ErrorTable.Of(summary.Error);
            var isOurs = summary.Error != MeshErrorKind.ClientGone && row.Status >= 500;
            span.SetTag(ErrorType, row.Reason);
            span.SetStatus(isOurs ? ActivityStatusCode.Error : ActivityStatusCode.Unset, isOurs ? row.Reason : null);
            return isOurs;
        }

        if (grpc > 0 && GrpcWords.IsFailure(grpc))
        {
            Fail(span, GrpcWords.Of(grpc));
            return true;
        }

        if (summary.Status >= 500)
        {
            Fail(span, Labels.Status(summary.Status));
            return true;
        }

        return false;
    }

    private static void SetStatuses(Activity span, int status, int grpc)
    {
        if (status > 0)
        {
            span.SetTag("http.response.status_code", status);
        }

        if (grpc != GrpcStatus.None)
        {
            span.SetTag("rpc.response.status_code", GrpcWords.Of(grpc));
        }
    }

    private static void Fail(Activity span, string type, string? details = null)
    {
        span.SetTag(ErrorType, type);
        span.SetStatus(ActivityStatusCode.Error, details);
    }

    // The name of a gRPC call is its method; that of another request its method alone, because a path would be a name of its own.
    private static string NameOf(Exchange exchange, Activity span)
    {
        var method = Labels.Method(exchange.Method);
        span.SetTag("http.request.method", method == "OTHER" ? OtherMethod : method);
        if (method == "OTHER")
        {
            span.SetTag("http.request.method_original", exchange.Method);
        }

        if (!exchange.IsGrpc)
        {
            return method == "OTHER" ? "HTTP" : method;
        }

        var path = PathOf(exchange.Target.PathAndQuery);
        var call = path.Length is > 3 and <= LongestRpcMethod && path.IndexOf('/', 1) is > 1 ? path[1..] : OtherMethod;
        span.SetTag("rpc.system.name", "grpc");
        span.SetTag("rpc.method", call);
        return call;
    }

    private static string VersionOf(MessageVersion version) => version switch
    {
        MessageVersion.Http2 => "2",
        MessageVersion.Http10 => "1.0",
        _ => "1.1",
    };

    private static string PathOf(string? target)
    {
        var query = target?.IndexOf('?', StringComparison.Ordinal) ?? -1;
        return query < 0 ? target ?? "" : target![..query];
    }
}
