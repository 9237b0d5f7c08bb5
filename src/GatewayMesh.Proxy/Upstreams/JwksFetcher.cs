using System.Net.Http.Headers;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Jwt;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// Fetches key sets over HTTP with connections of its own, so that a slow issuer never takes a connection of requests. A response is
/// bounded in size and, with everything before it, in time.
/// </summary>
/// <param name="reach">Rules for addresses that policies name.</param>
internal sealed class JwksFetcher(Func<ReachRules> reach) : IDisposable
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // a key set comes from the URL that the policy names
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        MaxConnectionsPerServer = 2,
        MaxResponseHeadersLength = 16,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(1), // follow DNS
        ConnectCallback = new PolicyConnector(reach).ConnectAsync,
    });

    /// <summary>Returns the body of the response; throws if it is not 200 or too large.</summary>
    /// <exception cref="IOException">The response is not a key set, or <c>reach</c> forbids the address.</exception>
    public async Task<ReadOnlyMemory<byte>> FetchAsync(Uri url, CancellationToken cancellation)
    {
        try
        {
            return await GetAsync(url, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException failure)
        {
            throw new IOException((failure.InnerException as AddressRefusedException ?? (Exception)failure).Message, failure);
        }
    }

    private async Task<ReadOnlyMemory<byte>> GetAsync(Uri url, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await _client.SendAsync(request, cancellation).ConfigureAwait(false);
        if ((int)response.StatusCode != 200)
        {
            throw new IOException($"the server answered with status {(int)response.StatusCode}");
        }

        using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        return await ReadAsync(stream, cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads a file of bounded size. The path comes from a policy: a FIFO or a device is refused and never blocks.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is not accessible.</exception>
    public static ReadOnlyMemory<byte> ReadFile(string path)
    {
        try
        {
            return RegularFile.ReadAllBytes(path, JwkSetReader.MaxBytes);
        }
        catch (FileTooLargeException)
        {
            throw new IOException("the key set is larger than 256 KiB");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = new byte[JwkSetReader.MaxBytes + 1];
        var count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        return count > JwkSetReader.MaxBytes ? throw new IOException("the key set is larger than 256 KiB") : buffer.AsMemory(0, count);
    }
}
