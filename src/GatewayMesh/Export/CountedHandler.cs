namespace GatewayMesh.Export;

/// <summary>Connection to a collector that counts what became of each export.</summary>
/// <param name="counts">Receives the counts.</param>
internal sealed class CountedHandler(DeliveryCounts counts)
    : DelegatingHandler(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), ActivityHeadersPropagator = null })
{
    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isDelivered = false;
        try
        {
            var response = base.Send(request, cancellationToken);
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
            isDelivered = response.IsSuccessStatusCode;
            return response;
        }
        finally
        {
            counts.Count(isDelivered);
        }
    }
}
