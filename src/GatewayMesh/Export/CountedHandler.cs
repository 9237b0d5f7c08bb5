namespace GatewayMesh.Export;

/// <summary>
/// Connection to a collector that counts what became of each export. Over gRPC, status 200 says nothing: the collector's answer is
/// <c>grpc-status</c>, in the head or after the body.
/// </summary>
/// <param name="counts">Receives the counts.</param>
/// <param name="handler">Makes the connections; owned.</param>
internal sealed class CountedHandler(DeliveryCounts counts, HttpMessageHandler handler) : DelegatingHandler(handler)
{
    private const string GrpcStatus = "grpc-status";
    private const int MaxBytes = 1 << 20;

    /// <summary>Creates the handler with connections of its own.</summary>
    public CountedHandler(DeliveryCounts counts)
        : this(counts, new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), ActivityHeadersPropagator = null })
    {
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isDelivered = false;
        try
        {
            var response = base.Send(request, cancellationToken); // never gRPC, which is HTTP/2
            isDelivered = response.IsSuccessStatusCode;
            return response;
        }
        finally
        {
            counts.Count(isDelivered);
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isDelivered = false;
        try
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var isGrpc = request.Content?.Headers.ContentType?.MediaType == "application/grpc";
            if (isGrpc)
            {
                await response.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken).ConfigureAwait(false); // then the trailers
            }

            isDelivered = response.IsSuccessStatusCode && (!isGrpc || IsTaken(response));
            return response;
        }
        finally
        {
            counts.Count(isDelivered);
        }
    }

    private static bool IsTaken(HttpResponseMessage response) =>
        (response.TrailingHeaders.TryGetValues(GrpcStatus, out var values) || response.Headers.TryGetValues(GrpcStatus, out values))
        && values.All(static status => status == "0");
}
