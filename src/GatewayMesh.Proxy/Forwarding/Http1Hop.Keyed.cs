using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Forwarding;

// The response to a request with an idempotency key: kept before a byte of it leaves, so that a client that has it can have it again.
internal sealed partial class Http1Hop
{
    // True if the whole content was passed on; false if the rest of a response that is too large to be kept follows.
    private async ValueTask<bool> KeepAsync(InstanceConnection connection, KeyedRun keyed)
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
                await StartKeptAsync(connection, keyed).ConfigureAwait(false);
                await ToClientAsync(client.WriteAsync(content)).ConfigureAwait(false);
                return false;
            }
        }

        silence.Stop();
        await keyed.AnsweredAsync().ConfigureAwait(false);
        await StartKeptAsync(connection, keyed).ConfigureAwait(false);
        return true;
    }

    private async ValueTask StartKeptAsync(InstanceConnection connection, KeyedRun keyed)
    {
        await client.Loop.SwitchTo();
        client.Start(connection.Head);
        await ToClientAsync(client.WriteAsync(keyed.Answer.Content)).ConfigureAwait(false);
    }
}
