using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Faults;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// An exchange on Kestrel's server: hands the request to the pipeline as a <see cref="RequestHead"/>, and receives the response. Reused for
/// the life of the connection or stream.
/// </summary>
internal sealed class ServerExchange : IResponseSink
{
    private KeyValuePair<string, StringValues>[] _fields = new KeyValuePair<string, StringValues>[32];

    /// <summary>Creates the exchange of a connection or stream.</summary>
    /// <param name="entry">Entry of requests.</param>
    /// <param name="features">Features of the server.</param>
    public ServerExchange(RequestEntry entry, IFeatureCollection features)
    {
        Http = new DefaultHttpContext(features);
        Exchange = entry.Create(this);
        Transformer = new MeshTransformer(Exchange);
    }

    /// <summary>The server's request and response.</summary>
    public DefaultHttpContext Http { get; }

    /// <summary>The exchange.</summary>
    public Exchange Exchange { get; }

    /// <summary>Writes heads between the server and the HTTP client.</summary>
    public MeshTransformer Transformer { get; }

    /// <inheritdoc/>
    public bool HasStarted => Http.Response.HasStarted;

    /// <inheritdoc/>
    public int Status => Http.Response.StatusCode;

    /// <inheritdoc/>
    public long? ContentLength => Http.Response.ContentLength;

    /// <inheritdoc/>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <inheritdoc/>
    public void Abort() => Http.Abort();

    /// <inheritdoc/>
    public void Slow(long rate) => Http.Response.Body = new SlowStream(Http.Response.Body, rate, Exchange.Time);

    /// <inheritdoc/>
    public bool IsAnsweredByServer(Exception failure) => failure is BadHttpRequestException;

    /// <summary>Reads the head of the server's current request into the exchange.</summary>
    public void Read()
    {
        var request = Http.Request;
        var head = Exchange.Head;
        head.Method = request.Method;
        head.Target = Http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        head.Version = MessageVersion.Http2;
        ReadFields(request.Headers, head.Fields);
        head.ConnectProtocol = Http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: { } protocol }
            ? protocol
            : null;
        head.HasBody = Http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };
        head.ContentLength = request.ContentLength;
        Exchange.Body = request.Body;
    }

    /// <inheritdoc/>
    public Task SendAsync(LocalAnswer answer, bool close)
    {
        var response = Http.Response;
        response.Clear();
        response.StatusCode = answer.Status;
        foreach (var field in answer.Fields)
        {
            response.Headers.Append(field.Name, field.Value);
        }

        if (answer.IsTrailersOnly)
        {
            return response.CompleteAsync();
        }

        if (answer.Body.IsEmpty)
        {
            return Exchange.Head.Method == "HEAD" ? response.StartAsync(CancellationToken.None) : Task.CompletedTask;
        }

        response.ContentLength = answer.Body.Length;
        return response.Body.WriteAsync(answer.Body, CancellationToken.None).AsTask();
    }

    // Without an enumerator, which the server would allocate for each request.
    private void ReadFields(IHeaderDictionary source, FieldTable target)
    {
        var names = source.Count;
        if (names > _fields.Length)
        {
            _fields = new KeyValuePair<string, StringValues>[Math.Max(names, 2 * _fields.Length)];
        }

        source.CopyTo(_fields, 0);
        var fields = _fields.AsSpan(0, names);
        foreach (ref readonly var field in fields)
        {
            target.Add(field.Key, field.Value);
        }

        fields.Clear(); // do not keep clients' data
    }
}
