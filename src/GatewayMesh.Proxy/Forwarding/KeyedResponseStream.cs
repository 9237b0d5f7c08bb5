using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.Messages;
using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Content of the response to a request with an idempotency key, as the forwarder writes it: kept before a byte of it leaves. A response
/// that is too large to be kept leaves as it comes.
/// </summary>
internal sealed class KeyedResponseStream : AsyncWriteStream
{
    private readonly HttpContext _http;
    private readonly KeyedRun _keyed;
    private readonly Stream _client;
    private readonly CancellationToken _aborted;
    private readonly bool _isServer;
    private bool _isPassing;

    /// <summary>Takes the place of the client's stream. A client that has gone does not end the request.</summary>
    public KeyedResponseStream(HttpContext http, KeyedRun keyed)
    {
        (_http, _keyed, _client, _aborted) = (http, keyed, http.Response.Body, http.RequestAborted);
        _isServer = _aborted.CanBeCanceled;
        http.Response.Body = this;
        if (_isServer)
        {
            http.RequestAborted = CancellationToken.None;
        }
    }

    /// <summary>Keeps the response, and sends it.</summary>
    public async ValueTask CompleteAsync()
    {
        if (!_isPassing && _keyed.Answer.HasHead)
        {
            await _keyed.AnsweredAsync().ConfigureAwait(false);
            await PassAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Gives the client's stream back.</summary>
    public void Detach()
    {
        _http.Response.Body = _client;
        if (_isServer)
        {
            _http.RequestAborted = _aborted;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isPassing)
        {
            if (_keyed.Answer.TryAdd(buffer.Span))
            {
                return;
            }

            await _keyed.TooLargeAsync().ConfigureAwait(false);
            await PassAsync().ConfigureAwait(false);
        }

        await _client.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) =>
        _isPassing ? _client.FlushAsync(cancellationToken) : Task.CompletedTask;

    private async ValueTask PassAsync()
    {
        _isPassing = true;
        if (!_keyed.Answer.Content.IsEmpty)
        {
            await _client.WriteAsync(_keyed.Answer.Content, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
