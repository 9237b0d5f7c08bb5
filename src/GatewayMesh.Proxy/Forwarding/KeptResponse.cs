using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// The response to a request with an idempotency key over HTTP/1.1: kept before a byte of it leaves, so that a client that has it can have
/// it again. Reused for the attempts of a client's connection, one after the other.
/// </summary>
internal sealed class KeptResponse(Exchange exchange, ClientConnection client)
{
    private const int ResetContent = 205;

    /// <summary>Reads and keeps the response, then starts it at the client.</summary>
    /// <returns>
    /// True if the whole content was written to the client; false if the rest of a response that is too large to be kept follows.
    /// </returns>
    public async ValueTask<bool> RunAsync(InstanceConnection connection, KeyedRun keyed)
    {
        var fields = new FieldTable();
        ForwardedResponse.Write(exchange, connection.Head, ref fields);
        keyed.Answer.AddHead(connection.Head.Status, fields);
        var silence = connection.Silence;
        while (connection.Head.Status != ResetContent)
        {
            silence.Restart();
            var content = await connection.ReadContentAsync().ConfigureAwait(false);
            if (content.IsEmpty)
            {
                break;
            }

            if (!keyed.Answer.TryAdd(content.Span))
            {
                silence.Stop();
                await keyed.TooLargeAsync().ConfigureAwait(false);
                await StartAsync(connection, keyed).ConfigureAwait(false);
                await ClientWrite.CheckAsync(client.WriteAsync(content)).ConfigureAwait(false);
                return false;
            }
        }

        silence.Stop();
        await keyed.AnsweredAsync().ConfigureAwait(false);
        await StartAsync(connection, keyed).ConfigureAwait(false);
        return true;
    }

    private async ValueTask StartAsync(InstanceConnection connection, KeyedRun keyed)
    {
        await client.Loop.SwitchTo();
        client.Start(connection.Head);
        await ClientWrite.CheckAsync(client.WriteAsync(keyed.Answer.Content)).ConfigureAwait(false);
    }
}
