namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>The body of a watch: a stream that ends when the server ends it.</summary>
/// <param name="response">The answer, which the stream owns.</param>
/// <param name="body">The body, decompressed.</param>
internal sealed class ApiStream(HttpResponseMessage response, Stream body) : IAsyncDisposable
{
    /// <summary>The body, decompressed.</summary>
    public Stream Body => body;

    /// <summary>Ends the request.</summary>
    public async ValueTask DisposeAsync()
    {
        await body.DisposeAsync().ConfigureAwait(false);
        response.Dispose();
    }
}
