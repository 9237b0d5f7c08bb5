using System.Net;
using System.Net.Http.Headers;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Registration;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>One agent and the connections to it.</summary>
/// <param name="address">The agent's address.</param>
/// <param name="token">The token sent to the agent.</param>
/// <param name="tls">Files for TLS.</param>
/// <param name="time">Clock of the timeouts.</param>
internal sealed class ConsulAgent(Uri address, ConsulToken token, ConsulTls tls, TimeProvider time) : IDisposable
{
    /// <summary>Timeout of a request that does not block: 5 s.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(5);

    private readonly AgentConnections _connections = new(address.Scheme == Uri.UriSchemeHttps, tls);
    private long _goneSince;

    /// <summary>The agent's name in messages, such as <c>127.0.0.1:8500</c>.</summary>
    public string Name { get; } = address.Authority;

    /// <summary>True if the agent runs on this host: its address is a loopback address.</summary>
    public bool IsHere { get; } = address.IsLoopback;

    /// <summary>
    /// Time for which every request to the agent has failed. Null when the last request was answered, or before the first.
    /// </summary>
    public TimeSpan? GoneFor => Volatile.Read(ref _goneSince) is not 0 and var since ? time.GetElapsedTime(since) : null;

    /// <summary>
    /// Sends a GET. <paramref name="path"/> starts at <c>/v1</c> and has the query; <paramref name="patience"/> exceeds its <c>wait</c>.
    /// </summary>
    /// <exception cref="IOException">No answer, no answer in time, or an answer that is too large.</exception>
    public Task<ConsulAnswer> GetAsync(string path, TimeSpan patience, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, path, null, patience, cancellation);

    /// <summary>Sends a PUT.</summary>
    /// <exception cref="IOException">No answer, or no answer in time.</exception>
    public Task<ConsulAnswer> PutAsync(string path, ReadOnlyMemory<byte> body, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Put, path, body, Patience, cancellation);

    /// <summary>Sends a DELETE.</summary>
    /// <exception cref="IOException">No answer, or no answer in time.</exception>
    public Task<ConsulAnswer> DeleteAsync(string path, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Delete, path, null, Patience, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _connections.Dispose();

    private async Task<ConsulAnswer> SendAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte>? body, TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var request = Request(method, path, body);
            using var response = await _connections.Current.SendAsync(request, either.Token).ConfigureAwait(false);
            var answer = new ConsulAnswer(
                this,
                (int)response.StatusCode,
                IndexOf(response.Headers),
                await ReadAsync(response.Content, LongestIn(path), either.Token).ConfigureAwait(false));
            Volatile.Write(ref _goneSince, 0);
            return answer;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Gone(new IOException($"{Name} did not answer within {patience.TotalSeconds:0.#} s"));
        }
        catch (HttpRequestException failure)
        {
            throw Gone(new IOException($"{Name} cannot be reached: {(failure.InnerException ?? failure).Message}", failure));
        }
        catch (IOException failure)
        {
            throw Gone(new IOException($"{Name}: {failure.Message}", failure));
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, ReadOnlyMemory<byte>? body)
    {
        // An agent with TLS speaks HTTP/2, which multiplexes all long polls over one connection. Consul allows a client 200 connections.
        var request = new HttpRequestMessage(method, new Uri(address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        if (token.Current is { Length: > 0 } secret)
        {
            _ = request.Headers.TryAddWithoutValidation("X-Consul-Token", secret);
        }

        if (body is { } bytes)
        {
            request.Content = new ReadOnlyMemoryContent(bytes);
        }

        return request;
    }

    // Node records are small. Everything else may be as large as a key's value.
    private static int LongestIn(string path) => AnswerBody.StringOf(
        path.StartsWith($"/v1/kv/{ConsulNames.NodeFolder}", StringComparison.Ordinal) ? NodeRecordText.MaxBytes : YamlDocuments.MaxBytes);

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, int longest, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > AnswerBody.MaxRead)
        {
            throw new IOException($"the answer is larger than {AnswerBody.MaxRead / (1024 * 1024)} MiB");
        }

        var stream = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var body = new AnswerBody(longest);
            var block = new byte[16 * 1024];
            while (await stream.ReadAsync(block, cancellation).ConfigureAwait(false) is > 0 and var read)
            {
                body.Append(block.AsSpan(0, read));
            }

            return body.Kept;
        }
    }

    private static ulong? IndexOf(HttpResponseHeaders headers) =>
        headers.TryGetValues("X-Consul-Index", out var values) && ulong.TryParse(values.FirstOrDefault(), out var index) ? index : null;

    private IOException Gone(IOException failure)
    {
        // Never 0: 0 means that the agent is reachable.
        _ = Interlocked.CompareExchange(ref _goneSince, Math.Max(1, time.GetTimestamp()), 0);
        return failure;
    }
}
