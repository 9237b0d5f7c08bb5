using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Attempts over HTTP/1.1 for the requests of one client connection, one after the other:
/// <code>
/// idle connection, else a new one ─► head ─► body (Upload, while the response is awaited) ─► interim heads ─► head ─► content ─► trailers
///   └ a reused connection that dies before a byte of the request was written: once more, on a new connection
/// </code>
/// Reused for the attempts of a client's connection, one after the other.
/// </summary>
internal sealed class Http1Hop(Exchange exchange, ClientConnection client)
{
    private const int SwitchingProtocols = 101;
    private const int ResetContent = 205;

    // A WebSocket has its own closing handshake: once a side has ended, a silent one is not waited for (RFC 6455 §7.1.1). Other protocols
    // keep a half-closed connection for as long as they like.
    private static readonly TimeSpan WebSocketLinger = TimeSpan.FromSeconds(1);

    private Upload? _upload; // of the current attempt
    private Upload? _lastUpload;

    private InterimResponses Interim => field ??= new InterimResponses(exchange, client);

    private KeptResponse Kept => field ??= new KeptResponse(exchange, client);

    /// <summary>Makes the attempt; see <see cref="IForwarder.ForwardAsync"/>.</summary>
    /// <param name="pools">Connections to the instance.</param>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<MeshError> RunAsync(InstancePools pools)
    {
        await client.Loop.SwitchTo();
        var pool = pools.Of(client.Loop);
        var connection = pool.TryTake(isRepeatable: Idempotence.Of(exchange.Method));
        while (true)
        {
            if (connection is null)
            {
                try
                {
                    connection = await ConnectAsync(pool).ConfigureAwait(false);
                    await client.Loop.SwitchTo();
                }
                catch (Exception failure) when (failure is IOException or OperationCanceledException)
                {
                    return HopErrors.OfConnect(exchange, failure);
                }
            }

            connection.Begin(exchange.Head.Method == "HEAD", exchange.IsUpgrade);
            var error = WriteHead(connection);
            if (error.IsError)
            {
                pool.Return(connection);
                return error;
            }

            var mayStay = false;
            var cutOff = exchange.CutOff.UnsafeRegister(static connection => ((InstanceConnection)connection!).Abort(), connection);
            var gone = exchange.Gone.UnsafeRegister(static connection => ((InstanceConnection)connection!).Abort(), connection);
            try
            {
                connection.Silence.Start(exchange.Route.Policy.Timeouts.Idle);
                await SendRequestAsync(connection).ConfigureAwait(false);
                var hasHead = _upload is { IsStarted: false } waiting
                    ? await Interim.AwaitContinueAsync(connection, waiting).ConfigureAwait(false)
                    : await connection.ReadHeadAsync().ConfigureAwait(false);
                if (!hasHead || connection.Head.IsInterim)
                {
                    await Interim.PassAsync(connection, _upload, hasHead).ConfigureAwait(false);
                }

                if (TryStart(connection, out error))
                {
                    await CopyAsync(connection).ConfigureAwait(false);
                }

                mayStay = !error.IsError && connection.MayStay && (_upload?.IsComplete ?? true);
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException)
            {
                error = HopErrors.Of(exchange, connection, _upload, connection.Silence.IsOver, failure);
                if (client.HasStarted)
                {
                    client.Abort(); // the client has part of the response, which must not look complete
                }
            }
            finally
            {
                await cutOff.DisposeAsync().ConfigureAwait(false);
                await gone.DisposeAsync().ConfigureAwait(false);
                await EndAsync(connection, pool, mayStay).ConfigureAwait(false);
            }

            if (!IsStale(connection, error))
            {
                return error;
            }

            connection = null;
        }
    }

    // An instance may close an idle connection at the moment of the request: no evidence against the instance while nothing was written.
    // Once a byte was, the application may have run the request, and only the policy decides about another attempt.
    private bool IsStale(InstanceConnection connection, in MeshError error) =>
        error.Kind == MeshErrorKind.ConnectionReset
        && connection is { IsReused: true, HasResponse: false, IsWritten: false }
        && !exchange.IsBodyBegun
        && !exchange.IsOutOfTime;

    private async ValueTask<InstanceConnection> ConnectAsync(InstancePool pool)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(exchange.CutOff, exchange.Gone);
        return await pool.ConnectAsync(Idempotence.Of(exchange.Method), exchange.Route.Policy.Timeouts.Connect, both.Token)
            .ConfigureAwait(false);
    }

    private MeshError WriteHead(InstanceConnection connection)
    {
        var hop = exchange.Attempt.Hop;
        var writer = new HeadWriter(connection.Output);
        writer.RequestLine(exchange.Method, exchange.Target.IsAsterisk ? "*" : ForwardedRequest.TargetOf(exchange, hop));
        if (exchange.Host.Length == 0)
        {
            writer.Add("Host", hop.Upstream.Key.Address.ToString()); // HTTP/1.0 needs none, HTTP/1.1 does (RFC 9112 §3.2)
        }

        var error = ForwardedRequest.Write(exchange, hop, ref writer);
        if (error.IsError)
        {
            return error;
        }

        if (exchange.Head.Framing == BodyFraming.Chunked)
        {
            writer.Add("Transfer-Encoding", "chunked");
        }

        if (exchange.IsUpgrade)
        {
            writer.Add("Connection", "Upgrade");
            writer.Add("Upgrade", exchange.Head.Fields[KnownField.Upgrade].ToString());
        }

        writer.EndHead();
        writer.Complete();
        return MeshError.None;
    }

    private ValueTask SendRequestAsync(InstanceConnection connection)
    {
        if (!exchange.Head.HasBody)
        {
            var sent = connection.SendAsync();
            return sent.IsCompletedSuccessfully ? sent : EndSendAsync(connection, sent);
        }

        _upload = (_lastUpload ??= new Upload(exchange, client)).Begin(connection);
        if (client.AwaitsContinue)
        {
            return connection.SendAsync();
        }

        _upload.Start();
        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    private static async ValueTask EndSendAsync(InstanceConnection connection, ValueTask sent)
    {
        try
        {
            await sent.ConfigureAwait(false);
        }
        catch (IOException) when (!connection.IsAborted)
        {
            // The instance may have responded before it closed.
        }
    }

    // Decides about the response and starts it. False if nothing is to be copied.
    private bool TryStart(InstanceConnection connection, out MeshError error)
    {
        error = MeshError.None;
        if (connection.Head.Status == SwitchingProtocols
            && !UpgradeField.AreAsked(connection.Head.Fields[KnownField.Upgrade], exchange.Head.Fields[KnownField.Upgrade]))
        {
            throw new MessageFaultException(MessageFault.SwitchNotAsked);
        }

        switch (ReceivedResponse.Receive(exchange, connection.Head))
        {
            case ResponseFate.Drop:
                connection.Abort();
                error = exchange.Attempt.Answered;
                return false;
            case ResponseFate.Withhold:
                connection.Abort();
                return false;
        }

        if (connection.Head.Status == ResetContent)
        {
            // RFC 9110 §15.3.6: 205 has no content, even if the instance sends some.
            connection.Head.Fields.Remove("Transfer-Encoding");
            connection.Head.Fields.Set("Content-Length", "0");
        }

        if (exchange.Keyed is null)
        {
            client.Start(connection.Head);
        }

        return true;
    }

    // Copies the content, and ends the response.
    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    private async ValueTask CopyAsync(InstanceConnection connection)
    {
        if (connection.Head.Status == SwitchingProtocols)
        {
            await SwitchAsync(connection).ConfigureAwait(false);
            return;
        }

        var isCopied = connection.Head.Status == ResetContent;
        if (exchange.Keyed is { } keyed)
        {
            isCopied = await Kept.RunAsync(connection, keyed).ConfigureAwait(false);
        }

        var silence = connection.Silence;
        while (!isCopied)
        {
            if (!connection.HasContent)
            {
                await ClientWrite.CheckAsync(client.FlushAsync()).ConfigureAwait(false);
            }

            silence.Restart();
            var content = await connection.ReadContentAsync().ConfigureAwait(false);
            if (content.IsEmpty)
            {
                break;
            }

            if (client.IsSlow)
            {
                silence.Stop();
            }
            else
            {
                silence.Restart();
            }

            await ClientWrite.CheckAsync(client.WriteAsync(content)).ConfigureAwait(false);
        }

        exchange.Attempt.IsWhole = true;
        ReceivedResponse.ReadGrpcStatus(exchange, connection.Trailers);
        await ClientWrite.CheckAsync(client.EndAsync(connection.Trailers)).ConfigureAwait(false);
    }

    private async ValueTask SwitchAsync(InstanceConnection connection)
    {
        await ClientWrite.CheckAsync(client.FlushAsync()).ConfigureAwait(false);
        connection.Silence.Stop(); // the joined streams have a watch of their own
        var isWebSocket = UpgradeField.Has(connection.Head.Fields[KnownField.Upgrade], "websocket");
        var joined = new Joined(exchange.Time, exchange.Route.Policy.Timeouts.Idle, isWebSocket ? WebSocketLinger : null);
        var to = connection.Switch(out var fromInstance);
        if (!await joined.RunAsync(client.Switch(), EndRequestAsync(joined), to, fromInstance).ConfigureAwait(false))
        {
            connection.Abort(); // otherwise closed, so that what was sent arrives
        }

        exchange.Attempt.IsWhole = true;
    }

    // RFC 9110 §7.8: the client speaks the other protocol once its request is complete.
    private async Task<ReadOnlyMemory<byte>> EndRequestAsync(Joined joined)
    {
        if (_upload is not null)
        {
            _upload.Progressed = joined.Touch;
            _upload.Start();
            await _upload.Ended.ConfigureAwait(false);
            if (!_upload.IsComplete)
            {
                throw new IOException("The body of the request is incomplete.");
            }
        }

        return client.Received;
    }

    private ValueTask EndAsync(InstanceConnection connection, InstancePool pool, bool mayStay)
    {
        if (_upload is not null || !client.Loop.IsCurrent)
        {
            return EndUploadAsync(connection, pool, mayStay);
        }

        Release(connection, pool, mayStay);
        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    private async ValueTask EndUploadAsync(InstanceConnection connection, InstancePool pool, bool mayStay)
    {
        if (_upload is not null)
        {
            await _upload.StopAsync().ConfigureAwait(false);
            _upload = null;
        }

        await client.Loop.SwitchTo();
        Release(connection, pool, mayStay);
    }

    private static void Release(InstanceConnection connection, InstancePool pool, bool mayStay)
    {
        connection.Silence.Stop();
        if (mayStay && !connection.IsAborted)
        {
            pool.Return(connection);
        }
        else
        {
            connection.Close();
        }
    }
}
