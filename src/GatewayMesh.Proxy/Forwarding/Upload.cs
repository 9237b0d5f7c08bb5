using System.Buffers;
using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// The body of a request on its way to an instance, while the response is awaited or already arriving. Reused for the attempts of a
/// client's connection, one after the other.
/// </summary>
[
    System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Design", "CA1001", Justification = "A source without a timer holds no resources.")]
internal sealed class Upload(Exchange exchange, ClientConnection client)
{
    private const int SmallBuffer = 16 * 1024;
    private const int LargeBuffer = 64 * 1024; // after a read that filled the small one, until a read that does not fill this one

    private CancellationTokenSource _stop = new();
    private InstanceConnection _connection = null!;
    private Task _task = Task.CompletedTask;

    /// <summary>True once the body is being sent.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>True once the whole body has been sent.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Fault of the client's body, for which the attempt ended; null for none.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Completes when the body is no longer read; its outcome is in <see cref="IsComplete"/> and <see cref="Fault"/>.</summary>
    public Task Ended => _task;

    /// <summary>Called after content was sent; null for none.</summary>
    public Action? Progressed { get; set; }

    /// <summary>True while the next bytes are awaited from the client.</summary>
    public bool AwaitsClient { get; private set; }

    /// <summary>Begins the body of an attempt.</summary>
    /// <param name="connection">Connection to the instance.</param>
    public Upload Begin(InstanceConnection connection)
    {
        (_connection, _task, IsStarted, IsComplete, Fault, Progressed) = (connection, Task.CompletedTask, false, false, null, null);
        if (!_stop.TryReset())
        {
            _stop = new CancellationTokenSource();
        }

        return this;
    }

    /// <summary>Starts to send, once.</summary>
    public void Start()
    {
        if (!IsStarted)
        {
            IsStarted = true;
            _task = RunAsync();
        }
    }

    /// <summary>Stops sending, and completes when the body is no longer read.</summary>
    public async ValueTask StopAsync()
    {
        if (!_task.IsCompleted)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            _connection.Abort();
            await _task.ConfigureAwait(false);
        }
    }

    private async Task RunAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        try
        {
            exchange.BodyBegan();
            while (await ReadAsync(PieceOf(buffer)).ConfigureAwait(false) is > 0 and var count)
            {
                await SendAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
                Progressed?.Invoke();
                var size = count == PieceOf(buffer).Length ? LargeBuffer : SmallBuffer;
                if (size != buffer.Length)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(size);
                }
            }

            await FinishAsync().ConfigureAwait(false);
            IsComplete = true;
            exchange.BodyEnded();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception refused) when (refused is IOException or ObjectDisposedException && Fault is null)
        {
            exchange.BodyRefused(); // a response may still arrive
        }
        catch (Exception) when (Fault is not null)
        {
            _connection.Abort();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Memory<byte> PieceOf(byte[] buffer) => buffer.AsMemory(0, Math.Min(buffer.Length, HeldRecords.Content));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        var read = exchange.Body.ReadAsync(buffer, _stop.Token);
        AwaitsClient = true;
        try
        {
            if (!read.IsCompleted && !_connection.Output.IsEmpty)
            {
                await _connection.SendAsync().ConfigureAwait(false); // the head does not wait for the body
            }

            return await read.ConfigureAwait(false);
        }
        catch (Exception fault) when (!_stop.IsCancellationRequested)
        {
            Fault = fault;
            throw;
        }
        finally
        {
            AwaitsClient = false;
        }
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> content)
    {
        if (exchange.Head.Framing != BodyFraming.Chunked)
        {
            return _connection.SendAsync(content);
        }

        BeginChunk(content.Length);
        return SendChunkAsync(content);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendChunkAsync(ReadOnlyMemory<byte> content)
    {
        await _connection.SendAsync(content).ConfigureAwait(false);
        _connection.Output.Add("\r\n"u8);
    }

    private void BeginChunk(int length)
    {
        var writer = new HeadWriter(_connection.Output);
        writer.BeginChunk(length);
        writer.Complete();
    }

    private ValueTask FinishAsync()
    {
        if (exchange.Head.Framing == BodyFraming.Chunked)
        {
            var writer = new HeadWriter(_connection.Output);
            writer.LastChunk();
            ForwardedRequest.WriteTrailers(exchange, client.Trailers, ref writer);
            writer.EndHead();
            writer.Complete();
        }

        return _connection.Output.IsEmpty ? ValueTask.CompletedTask : _connection.SendAsync();
    }
}
