using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Interim responses (1xx) of an attempt over HTTP/1.1, and the wait for 100 (Continue). Reused for the attempts of a client's connection,
/// one after the other.
/// </summary>
internal sealed class InterimResponses(Exchange exchange, ClientConnection client)
{
    private const int MaxInterim = 16;
    private const int Continue = 100;

    private static readonly TimeSpan ContinueTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Forwards interim heads to the client until the final head has arrived.</summary>
    /// <param name="connection">The instance.</param>
    /// <param name="upload">Body of the request, which 100 (Continue) starts; null without one.</param>
    /// <param name="hasHead">True if a head has arrived.</param>
    /// <exception cref="IOException">The instance closed the connection without a final head.</exception>
    /// <exception cref="MessageFaultException">The instance sent too many interim heads.</exception>
    public async ValueTask PassAsync(InstanceConnection connection, Upload? upload, bool hasHead)
    {
        for (var interim = 0; ;)
        {
            if (!hasHead)
            {
                throw new IOException("The instance closed the connection without a response.");
            }

            if (!connection.Head.IsInterim)
            {
                return;
            }

            if (++interim > MaxInterim)
            {
                throw new MessageFaultException(MessageFault.Status);
            }

            if (connection.Head.Status != Continue || client.AwaitsContinue)
            {
                await ClientWrite.CheckAsync(client.SendInterimAsync(connection.Head)).ConfigureAwait(false);
            }

            if (connection.Head.Status == Continue)
            {
                upload?.Start();
            }

            connection.Silence.Restart();
            hasHead = upload is { IsStarted: false }
                ? await AwaitContinueAsync(connection, upload).ConfigureAwait(false)
                : await connection.ReadHeadAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Reads the next head while the body waits for 100 (Continue). After a second, the body starts without it: an instance that does not
    /// know 100 waits for the body, and the client waits for this proxy.
    /// </summary>
    /// <returns>False if the instance closed the connection.</returns>
    public async ValueTask<bool> AwaitContinueAsync(InstanceConnection connection, Upload upload)
    {
        connection.Silence.Stop();
        var head = connection.ReadHeadAsync().AsTask();
        if (await Task.WhenAny(head, Task.Delay(ContinueTimeout, exchange.Time)).ConfigureAwait(false) != head)
        {
            if (client.AwaitsContinue)
            {
                await ClientWrite.CheckAsync(client.SendInterimAsync(new ResponseHead { Status = Continue })).ConfigureAwait(false);
            }

            upload.Start();
        }

        var hasHead = await head.ConfigureAwait(false);
        await client.Loop.SwitchTo();
        return hasHead;
    }
}
