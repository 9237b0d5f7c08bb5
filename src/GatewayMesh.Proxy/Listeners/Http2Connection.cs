using System.IO.Pipelines;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>A connection of a loop as a connection of the server of HTTP/2, which disposes of this object at the end.</summary>
internal sealed class Http2Connection : ConnectionContext, IDuplexPipe
{
    private const int Frame = 16 * 1024 + 9; // a DATA frame of the largest default size (RFC 9113 §4.2)

    private readonly ByteChannel _channel;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly Pipe _output;
    private readonly Task _sending;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Creates the connection.</summary>
    /// <param name="inbound">The connection for the pipeline.</param>
    /// <param name="channel">The bytes.</param>
    /// <param name="limits">Limits; a slow reader of the last bytes has the time of an idle connection.</param>
    /// <param name="time">The clock.</param>
    public Http2Connection(InboundConnection inbound, ByteChannel channel, LimitsSpec limits, TimeProvider time)
    {
        (_channel, _patience, _time) = (channel, limits.KeepAliveTimeout, time);
        _output = new Pipe(new PipeOptions(readerScheduler: new LoopScheduler(channel.Loop), useSynchronizationContext: false));
        var stream = new ChannelStream(channel);
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: Frame, leaveOpen: true, useZeroByteReads: true));
        _sending = SendAsync();
        Transport = this;
        ConnectionClosed = _closed.Token;
        RemoteEndPoint = new IPEndPoint(inbound.Peer, 0);
        Features.Set(inbound);
        if (inbound.Tls is { } tls)
        {
            Features.Set<ITlsConnectionFeature>(tls);
            Features.Set<ITlsApplicationProtocolFeature>(tls);
        }
    }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; } = "";

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed { get; set; }

    /// <summary>Received bytes.</summary>
    public PipeReader Input { get; }

    /// <summary>Bytes to send.</summary>
    public PipeWriter Output => _output.Writer;

    /// <summary>Completes when the server has left the connection, and the last bytes are sent.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Asks the server to end the connection with GOAWAY.</summary>
    public void RequestClose() => Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => _channel.Abort();

    /// <summary>
    /// Sends the rest, and then the end of the stream, so that the peer knows that nothing was truncated (RFC 8446 §6.1).
    /// </summary>
    public override async ValueTask DisposeAsync()
    {
        try
        {
            await Input.CompleteAsync().ConfigureAwait(false);
            var farewell = FarewellAsync();
            try
            {
                await farewell.WaitAsync(_patience, _time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                _channel.Abort();
                await farewell.ConfigureAwait(false);
            }

            await _closed.CancelAsync().ConfigureAwait(false);
            _closed.Dispose();
        }
        finally
        {
            _ended.TrySetResult(); // whatever failed, the connection is closed
            await base.DisposeAsync().ConfigureAwait(false);
        }
    }

    // The server may still be flushing its last frame when it disposes of the connection: a pipe may be completed meanwhile, a stream not.
    private async Task SendAsync()
    {
        var output = _output.Reader;
        Exception? failure = null;
        try
        {
            while (true)
            {
                var read = await output.ReadAsync().ConfigureAwait(false);
                foreach (var part in read.Buffer)
                {
                    await _channel.WriteAsync(part).ConfigureAwait(false);
                }

                output.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or InvalidOperationException)
        {
            failure = gone;
        }

        await output.CompleteAsync(failure).ConfigureAwait(false);
    }

    private async Task FarewellAsync()
    {
        try
        {
            await Output.CompleteAsync().ConfigureAwait(false);
            await _sending.ConfigureAwait(false);
            await _channel.EndWritingAsync().ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The peer has already gone.
        }
    }
}
