using GatewayMesh.Proxy.Attempts;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Adapter of heads for YARP's forwarder: between the server's and the HTTP client's messages on one side, and the heads of the pipeline on
/// the other. Decides nothing itself.
/// </summary>
internal sealed class MeshTransformer(Exchange exchange) : HttpTransformer
{
    // Head and trailers of a call that failed leave the application together. A head that comes long before its first message, as in a
    // subscription, is not held back for longer.
    private static readonly TimeSpan PatienceForEnd = TimeSpan.FromMilliseconds(100);

    private readonly ResponseHead _response = new();
    private FieldTable _fields = new();

    /// <inheritdoc/>
    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        var error = RequestMessage.Fill(exchange, exchange.Attempt.Hop, proxyRequest, _fields);
        if (error.IsError)
        {
            exchange.Attempt.Unsendable = error;
            throw new InvalidOperationException("A request field is malformed.");
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
        MessageFields.Read(proxyResponse, _response);
        var fate = ReceivedResponse.Receive(exchange, _response);
        if (fate == ResponseFate.Pass && AwaitsMessage(proxyResponse))
        {
            fate = await DecideByEndAsync(proxyResponse).ConfigureAwait(false);
        }

        switch (fate)
        {
            case ResponseFate.Drop:
                response.Clear();
                return false;
            case ResponseFate.Withhold:
                return false;
        }

        _fields.Clear();
        ForwardedResponse.Write(exchange, _response, ref _fields);
        exchange.Keyed?.Answer.AddHead(_response.Status, _fields);
        Write(_fields, response.Headers);
        if (exchange.Close)
        {
            exchange.InboundConnection.EndBusyHttp2(exchange.Time); // GOAWAY, after which HTTP/2 finishes running requests
        }

        if (_response.Status == StatusCodes.Status205ResetContent)
        {
            response.Headers.ContentLength = 0; // RFC 9110 §15.3.6: 205 has no content, even if the instance sends some
            exchange.Attempt.IsWhole = true;
            return false;
        }

        if (exchange.Keyed is null && HasStreamedBody(proxyResponse))
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
        _response.Clear();
        MessageFields.Read(proxyResponse.TrailingHeaders, _response.Fields);
        ReceivedResponse.ReadGrpcStatus(exchange, _response.Fields);
        if (httpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers is { IsReadOnly: false } trailers)
        {
            _fields.Clear();
            ForwardedResponse.WriteTrailers(exchange, _response.Fields, ref _fields);
            Write(_fields, trailers);
        }

        exchange.Attempt.IsWhole = true;
        return exchange.AnswerEndsAsync();
    }

    private static void Write(FieldTable from, IHeaderDictionary to)
    {
        foreach (var field in from.Lines)
        {
            to.Append(field.Name, field.Value);
        }

        from.Clear();
    }

    // Only if the end may lead to another attempt. A client that has sent everything waits for the response anyway; one that still streams
    // may wait for the head before it sends more.
    private bool AwaitsMessage(HttpResponseMessage response) =>
        exchange.IsGrpc
        && exchange.MayDrop is not null
        && exchange.Route.Policy.Retries.LooksAtGrpc
        && exchange.IsSent
        && exchange.CanGoElsewhere
        && exchange.Attempts.Number < exchange.Attempts.Max
        && RetryDecider.HasNextInstance(exchange)
        && !exchange.Attempt.Answered.IsError
        && exchange.Attempt.GrpcStatus == GrpcStatus.None
        && HasStreamedBody(response);

    private async Task<ResponseFate> DecideByEndAsync(HttpResponseMessage response)
    {
        var content = await PeekedContent.OfAsync(response).ConfigureAwait(false);
        if (!await content.IsEmptyAsync(PatienceForEnd, exchange.Time).ConfigureAwait(false))
        {
            return ResponseFate.Pass;
        }

        _fields.Clear();
        MessageFields.Read(response.TrailingHeaders, _fields);
        var fate = ReceivedResponse.ReceiveEmpty(exchange, _response, _fields);
        _fields.Clear();
        return fate;
    }

    // A trailers-only gRPC response has its status in the head, and that head must end the stream: the head is sent when the body has
    // ended.
    private bool HasStreamedBody(HttpResponseMessage response) =>
        response.Content.Headers.ContentLength is null
        && !(exchange.IsGrpc && _response.Fields.Contains(KnownField.GrpcStatus))
        && exchange.Head.Method != "HEAD"
        && _response.Status is >= 200 and not (204 or 304);
}
