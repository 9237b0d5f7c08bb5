using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.MeshTests.Clients;

/// <summary>
/// An HTTP/2 client with prior knowledge and without any mesh library. All requests are streams of one connection. It retries only what
/// a peer reported as not processed (GOAWAY, REFUSED_STREAM), like every HTTP/2 client.
/// </summary>
internal sealed class MultiplexedRequests(HttpMessageInvoker connection, IPEndPoint target, string host, bool isGrpc) : IRequests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The message of a unary call to <c>Echo</c> of tests/clients, with its frame.</summary>
    private static readonly byte[] Message = [0, 0, 0, 0, 2, .. "{}"u8];

    public string Answer { get; private set; } = "";

    /// <summary>The shared connection (more only when a peer takes no more streams).</summary>
    public static HttpMessageInvoker Connection() => new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    public async Task<Outcome> GetAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var request = new HttpRequestMessage(
            isGrpc ? HttpMethod.Post : HttpMethod.Get, $"http://{target}/{(isGrpc ? "test.Calls/Echo" : "work")}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { Host = host },
        };
        if (isGrpc)
        {
            request.Content = new ByteArrayContent(Message) { Headers = { ContentType = new("application/grpc") } };
            request.Headers.TE.Add(new("trailers"));
        }

        try
        {
            using var response = await connection.SendAsync(request, patience.Token);
            var body = await response.Content.ReadAsByteArrayAsync(patience.Token);
            var status = isGrpc ? StatusOf(response) : "";
            Answer = $"{(int)response.StatusCode} {status} {response.Headers}{Encoding.Latin1.GetString(body)}";
            return (int)response.StatusCode >= 500 ? Outcome.ServerError
                : response.StatusCode != HttpStatusCode.OK ? Outcome.Other
                : !isGrpc || status == "0" ? Outcome.Ok
                : status == "14" ? Outcome.ServerError
                : Outcome.Other;
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            Answer = error.ToString();
            return IsRefusal(error) ? Outcome.Refused : Outcome.Lost;
        }
    }

    public void Dispose()
    {
        // The connection is shared.
    }

    private static string StatusOf(HttpResponseMessage response) =>
        response.TrailingHeaders.TryGetValues("grpc-status", out var status) || response.Headers.TryGetValues("grpc-status", out status)
            ? status.First()
            : "none";

    private static bool IsRefusal(Exception? error) =>
        error is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
            || (error is not null && IsRefusal(error.InnerException));
}
