using System.Globalization;
using System.Net.Http.Headers;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Upstreams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Copies the request head to the next hop and the response head back, as RFC 9110 §7.6 requires of an intermediary.</summary>
internal sealed class MeshTransformer(Exchange exchange) : HttpTransformer
{
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private const long MaxTimeoutMilliseconds = 86_400_000; // peers reject more than a day

    private List<KeyValuePair<string, StringValues>>? _withoutBody;

    private bool NextIsHttp2 => exchange.Hop.Upstream.Key.Protocol == WireProtocol.Http2;

    /// <summary>Clears the state of the finished request.</summary>
    public void Reset() => _withoutBody?.Clear();

    /// <inheritdoc/>
    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        proxyRequest.RequestUri = new Uri(destinationPrefix + TargetOfHop(), Verbatim);
        proxyRequest.Options.Set(UpstreamConnector.ConnectTimeout, exchange.Route.Policy.Timeouts.Connect);
        proxyRequest.Options.Set(SendOnceHandler.Observer, exchange);
        if (NextIsHttp2 && exchange.Behaviour.LimitsCalls && exchange.Mesh.Limits.Find(exchange.Hop.Lease.Endpoint.Service) is { } limits)
        {
            proxyRequest.Options.Set(UpstreamConnector.Connections, limits.Http2);
        }

        _withoutBody?.Clear();
        CopyRequestHeaders(httpContext.Request, proxyRequest);
        AddRequestHeaders(httpContext.Request, proxyRequest.Headers);
        if (_withoutBody is { Count: > 0 })
        {
            proxyRequest.Options.Set(SendOnceHandler.ContentHeadersWithoutBody, _withoutBody);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return true;
        }

        var response = httpContext.Response;
        exchange.AnswerHeadArrived();
        if (ResponseCheck.FaultOf(proxyResponse) is { } fault)
        {
            return Drop(response, new MeshError(MeshErrorKind.UpstreamProtocol, Forwarded: true, fault));
        }

        if (exchange.Hop.Kind == TargetKind.MeshPeer
            && proxyResponse.Headers.NonValidated.TryGetValues(ProxyStatus.FieldName, out var status)
            && ProxyStatus.TryRead(AsValues(status), out var error))
        {
            exchange.Answered = error;
            if (exchange.MayDrop?.Invoke(exchange, error, proxyResponse) == true)
            {
                return Drop(response, error);
            }

            if (exchange.Behaviour.AtTheEdge)
            {
                return Withhold(proxyResponse, error);
            }
        }

        ReadCallStatus(proxyResponse.Headers);
        if (!exchange.Answered.IsError)
        {
            exchange.AnswerStatus = (int)proxyResponse.StatusCode;
            // A mesh refusal is not a response: refusals are fast and would attract traffic.
            exchange.Hop.Lease.Answered(exchange.WorkSince);
            if (HeadShows() is (EndpointOutcome.Success or EndpointOutcome.Alive) and var shown)
            {
                // Now, not at the end: a long stream as the trial request must not keep the instance ejected.
                exchange.Hop.Lease.Report(shown);
            }

            if (exchange.MayDrop?.Invoke(exchange, MeshError.None, proxyResponse) == true)
            {
                return Drop(response, MeshError.None);
            }
        }

        CopyResponseHeaders(proxyResponse, response);
        if (proxyResponse.StatusCode == System.Net.HttpStatusCode.ResetContent)
        {
            response.Headers.ContentLength = 0; // RFC 9110 §15.3.6: 205 has no content, even if the instance sends some
            exchange.IsAnswerWhole = true;
            return false;
        }

        if (HasStreamedBody(httpContext, proxyResponse))
        {
            // the head of a stream must not wait for its first event
            await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    /// <inheritdoc/>
    public override ValueTask TransformResponseTrailersAsync(
        HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
    {
        ReadCallStatus(proxyResponse.TrailingHeaders);
        if (httpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers is { IsReadOnly: false } trailers)
        {
            Copy(proxyResponse.TrailingHeaders.NonValidated, trailers, connection: default);
            DropClaims(trailers);
        }

        exchange.IsAnswerWhole = true;
        return exchange.AnswerEndsAsync();
    }

    // A gateway that passes on an application's error is itself healthy.
    private EndpointOutcome HeadShows() =>
        exchange.Hop.Destination is not null ? EndpointOutcome.Success
        : EndpointEvidence.OfAnswer(exchange.AnswerStatus, exchange.CallStatus) is var shown
            && shown == EndpointOutcome.Success
            && exchange.IsGrpc
            && exchange.CallStatus == GrpcStatus.None ? EndpointOutcome.Alive
        : shown;

    private void ReadCallStatus(HttpResponseHeaders fields)
    {
        if (exchange.IsGrpc && fields.NonValidated.TryGetValues(GrpcFields.Status, out var status))
        {
            exchange.CallStatus = GrpcStatus.Read(status.ToString());
        }
    }

    // The body, details, and fields of the error name nodes, services, and addresses. The status tells which of the kinds with the same
    // error type this was.
    private bool Withhold(HttpResponseMessage answer, in MeshError error)
    {
        var isCall = exchange.IsGrpc && answer.Headers.NonValidated.TryGetValues(GrpcFields.Status, out _);
        ReadCallStatus(answer.Headers);
        exchange.Answered = error with
        {
            Kind = ErrorTable.KindOf(error.Row.ProxyError, (int)answer.StatusCode, isCall ? exchange.CallStatus : GrpcStatus.None),
            RetryAfter = RetryAfterField.Of(answer, exchange.Time),
        };
        exchange.Withheld = true;
        return false;
    }

    private string TargetOfHop() =>
        exchange.Target.IsAsterisk ? (NextIsHttp2 ? "/" : AsteriskTarget.Path)
        : exchange.Hop.Destination is null ? exchange.Forwarded
        : exchange.Target.PathAndQuery;

    private bool Drop(HttpResponse response, MeshError error)
    {
        response.Clear();
        exchange.Answered = error;
        exchange.Dropped = true;
        return false;
    }

    private void CopyRequestHeaders(HttpRequest source, HttpRequestMessage target)
    {
        foreach (var (name, values) in source.Headers)
        {
            if (!FieldSyntax.IsValid(name, values, exchange.InboundConnection.IsHttp2))
            {
                exchange.Unsendable = new MeshError(MeshErrorKind.RequestMalformed, Forwarded: false, "field");
                throw new InvalidOperationException("A request field is malformed.");
            }

            // Fields named by Connection were removed earlier.
            if (IsOurs(name)
                || (!exchange.SpeaksOfClients && OutsideFields.IsForged(name))
                || (exchange.CallDeadline.IsSet && name.Equals(GrpcFields.Timeout, StringComparison.OrdinalIgnoreCase))
                || HopByHop.Contains(name, connection: default))
            {
                continue;
            }

            if (values.Count > 1 && name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
            {
                // HTTP/2 cookie crumbs, RFC 9113 §8.2.3
                target.Headers.TryAddWithoutValidation(name, string.Join("; ", (IEnumerable<string>)values));
                continue;
            }

            if (target.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values))
            {
                continue;
            }

            if (target.Content is { } content)
            {
                content.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
            }
            else if (NextIsHttp2 || Idempotence.Of(exchange.Method))
            {
                ContentFields.Add(target.Headers, name, values);
            }
            else
            {
                (_withoutBody ??= []).Add(new(name, values));
            }
        }
    }

    // Written by AddRequestHeaders.
    private bool IsOurs(string name) =>
        name.Equals("Host", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Via", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Expect", StringComparison.OrdinalIgnoreCase)
        || (exchange.ForwardsLeft is not null && name.Equals("Max-Forwards", StringComparison.OrdinalIgnoreCase))
        || MeshHeaders.IsMeshHeader(name);

    private void AddRequestHeaders(HttpRequest source, HttpRequestHeaders target)
    {
        target.Host = exchange.Host is { Length: > 0 } host ? host : null;
        target.TryAddWithoutValidation("Via", ViaField.Extend(source.Headers.Via, source.Protocol, exchange.Behaviour.Pseudonym));
        if (source.Headers.Expect is [{ } expectation])
        {
            if (expectation.Equals("100-continue", StringComparison.OrdinalIgnoreCase))
            {
                target.ExpectContinue = true;
            }
            else
            {
                target.TryAddWithoutValidation("Expect", expectation);
            }
        }

        // "trailers" is the only member of TE that HTTP/2 allows, and gRPC servers require it (RFC 9113 §8.2.2).
        if (NextIsHttp2 && (exchange.IsGrpc || source.Headers.TE.ToString().Contains("trailers", StringComparison.OrdinalIgnoreCase)))
        {
            target.TryAddWithoutValidation("TE", "trailers");
        }

        if (exchange.CallDeadline is { IsSet: true } call)
        {
            target.TryAddWithoutValidation(GrpcFields.Timeout, GrpcTimeout.Write(call.Remaining));
        }

        if (exchange.ForwardsLeft is { } left)
        {
            target.TryAddWithoutValidation("Max-Forwards", left.ToString(CultureInfo.InvariantCulture));
        }

        // Applications receive the criticality too, so they can pass it on with the calls they make for this request.
        if (exchange.Hop.Kind != TargetKind.BareInstance && exchange.Criticality is not Criticality.Default and var criticality)
        {
            target.TryAddWithoutValidation(MeshHeaders.Criticality, CriticalityWord.Of(criticality));
        }

        if (exchange.Hop.Kind == TargetKind.MeshPeer)
        {
            AddMeshHeaders(target);
        }
    }

    private void AddMeshHeaders(HttpRequestHeaders target)
    {
        target.TryAddWithoutValidation(MeshHeaders.Attempt, exchange.Attempts.Number.ToString(CultureInfo.InvariantCulture));
        target.TryAddWithoutValidation(MeshHeaders.Hops, (exchange.PeerHeaders.Hops + 1).ToString(CultureInfo.InvariantCulture));
        if (exchange.Deadline.RemainingMilliseconds is { } milliseconds)
        {
            target.TryAddWithoutValidation(
                MeshHeaders.TimeoutMs, Math.Min(milliseconds, MaxTimeoutMilliseconds).ToString(CultureInfo.InvariantCulture));
        }

        if (exchange.Hop.Source is { } source)
        {
            target.TryAddWithoutValidation(MeshHeaders.Source, source);
        }

        if (exchange.Hop.Destination is { } destination)
        {
            target.TryAddWithoutValidation(MeshHeaders.Destination, destination);
            if (exchange.Draw is { } draw)
            {
                target.TryAddWithoutValidation(MeshHeaders.Draw, draw.Number.ToString("x16", CultureInfo.InvariantCulture));
            }
        }

        if (exchange.Hop.Bypass)
        {
            target.TryAddWithoutValidation(MeshHeaders.Bypass, MeshHeaderValues.BypassesSidecar);
        }
    }

    private void CopyResponseHeaders(HttpResponseMessage source, HttpResponse target)
    {
        var connection = source.Headers.NonValidated.TryGetValues("Connection", out var named) ? AsValues(named) : default;
        Copy(source.Headers.NonValidated, target.Headers, connection);
        Copy(source.Content.Headers.NonValidated, target.Headers, connection);
        if (source.Headers.TransferEncodingChunked == true || source.StatusCode == System.Net.HttpStatusCode.NoContent)
        {
            target.Headers.ContentLength = null; // RFC 9112 §6.3: chunked overrides it; RFC 9110 §8.6: 204 has none
        }

        DropClaims(target.Headers);
        var before = exchange.Behaviour.AtTheEdge ? ViaField.WithoutNodes(target.Headers.Via) : target.Headers.Via;
        target.Headers.Via = ViaField.Extend(
            before,
            source.Version.Major == 2 ? "HTTP/2" : source.Version.Minor == 0 ? "HTTP/1.0" : "HTTP/1.1",
            exchange.Behaviour.Pseudonym);
        if (exchange.Close && source.StatusCode != System.Net.HttpStatusCode.SwitchingProtocols)
        {
            exchange.EndConnection();
        }
    }

    // Removes fields with which an application claims to speak for the mesh, in the head or in the trailers.
    private void DropClaims(IHeaderDictionary fields)
    {
        if ((exchange.Hop.Kind != TargetKind.MeshPeer || exchange.Behaviour.AtTheEdge)
            && fields.TryGetValue(ProxyStatus.FieldName, out var status))
        {
            fields[ProxyStatus.FieldName] = ProxyStatusField.WithoutOurs(status);
        }

        if (exchange.Behaviour.AtTheEdge)
        {
            fields.Remove(ClientCertificateField.Name); // an application that echoes fields must not reveal one client to another
        }
    }

    private static void Copy(HttpHeadersNonValidated source, IHeaderDictionary target, StringValues connection)
    {
        foreach (var (name, values) in source)
        {
            if (!MeshHeaders.IsMeshHeader(name) && !HopByHop.Contains(name, connection))
            {
                target[name] = AsValues(values);
            }
        }
    }

    // A trailers-only gRPC response has its status in the head, and that head must end the stream: the head is sent when the body has
    // ended.
    private bool HasStreamedBody(HttpContext context, HttpResponseMessage response) =>
        response.Content.Headers.ContentLength is null
        && !(exchange.IsGrpc && response.Headers.NonValidated.Contains(GrpcFields.Status))
        && !HttpMethods.IsHead(context.Request.Method)
        && (int)response.StatusCode is >= 200 and not (204 or 304);

    private static StringValues AsValues(HeaderStringValues values)
    {
        if (values.Count == 1)
        {
            return values.ToString();
        }

        return values.ToArray();
    }
}
