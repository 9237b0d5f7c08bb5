using System.IO.Pipelines;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// A request of an HTTP/1.1 connection as a server's context, for the forwarder of HTTP/2. Only what that forwarder reads and writes.
/// </summary>
internal sealed class ClientContext :
    IHttpRequestFeature,
    IHttpResponseFeature,
    IHttpResponseBodyFeature,
    IHttpResponseTrailersFeature,
    IHttpRequestLifetimeFeature,
    IHttpRequestBodyDetectionFeature
{
    private readonly ClientConnection _client;
    private readonly Exchange _exchange;
    private readonly ResponseHead _head = new();
    private PipeWriter? _writer;
    private bool _isBegun;

    /// <summary>Creates the context of one attempt.</summary>
    public ClientContext(Exchange exchange, ClientConnection client)
    {
        (_exchange, _client) = (exchange, client);
        Stream = new ClientResponseStream(this, client);
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(this);
        features.Set<IHttpResponseFeature>(this);
        features.Set<IHttpResponseBodyFeature>(this);
        features.Set<IHttpResponseTrailersFeature>(this);
        features.Set<IHttpRequestLifetimeFeature>(this);
        features.Set<IHttpRequestBodyDetectionFeature>(this);
        Http = new DefaultHttpContext(features);
        Http.Request.ContentLength = exchange.Head.ContentLength;
    }

    /// <summary>The context.</summary>
    public DefaultHttpContext Http { get; }

    /// <inheritdoc/>
    public string Protocol { get; set; } = "HTTP/1.1";

    /// <inheritdoc/>
    public string Scheme { get; set; } = "http";

    /// <inheritdoc/>
    public string Method
    {
        get => _exchange.Method;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public string PathBase { get; set; } = "";

    /// <inheritdoc/>
    public string Path { get; set; } = "/";

    /// <inheritdoc/>
    public string QueryString { get; set; } = "";

    /// <inheritdoc/>
    public string RawTarget { get; set; } = "";

    /// <inheritdoc/>
    IHeaderDictionary IHttpRequestFeature.Headers { get; set; } = new HeaderDictionary();

    /// <inheritdoc/>
    Stream IHttpRequestFeature.Body { get; set; } = System.IO.Stream.Null;

    /// <inheritdoc/>
    public bool CanHaveBody => _exchange.Head.HasBody;

    /// <inheritdoc/>
    public CancellationToken RequestAborted
    {
        get => _exchange.Gone;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    /// <inheritdoc/>
    public string? ReasonPhrase { get; set; }

    /// <inheritdoc/>
    IHeaderDictionary IHttpResponseFeature.Headers { get; set; } = new HeaderDictionary();

    /// <inheritdoc/>
    Stream IHttpResponseFeature.Body
    {
        get => Stream;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public bool HasStarted => _client.HasStarted;

    /// <inheritdoc/>
    public Stream Stream { get; }

    /// <inheritdoc/>
    public PipeWriter Writer => _writer ??= PipeWriter.Create(Stream);

    /// <inheritdoc/>
    public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();

    /// <inheritdoc/>
    public void Abort() => _client.Abort();

    /// <inheritdoc/>
    public void OnStarting(Func<object, Task> callback, object state) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void OnCompleted(Func<object, Task> callback, object state) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void DisableBuffering()
    {
    }

    /// <inheritdoc/>
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        Begin();
        return _client.FlushAsync().AsTask();
    }

    /// <inheritdoc/>
    public async Task CompleteAsync()
    {
        Begin();
        var trailers = new FieldTable();
        foreach (var (name, values) in Trailers)
        {
            trailers.Add(name, values);
        }

        await _client.EndAsync(trailers).ConfigureAwait(false);
    }

    /// <summary>Starts the response with the head that was written.</summary>
    public void Begin()
    {
        if (_isBegun)
        {
            return;
        }

        _isBegun = true;
        _head.Status = StatusCode;
        foreach (var (name, values) in ((IHttpResponseFeature)this).Headers)
        {
            _head.Fields.Add(name, values);
        }

        _head.ContentLength = ((IHttpResponseFeature)this).Headers.ContentLength;
        _head.Framing = StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified ? BodyFraming.None
            : _head.ContentLength is null ? BodyFraming.Chunked
            : BodyFraming.Length;
        _client.StartAsIs(_head);
    }
}
