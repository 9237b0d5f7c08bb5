using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Benchmarks.Floor;

/// <summary>A connection of a hop without policies: requests go on over a pooled connection, responses come back.</summary>
internal sealed class Hop(ByteStream client, HopPool pool)
{
    private readonly LoopBuffers _buffers = client.Loop.Buffers;

    public async Task ServeAsync()
    {
        try
        {
            while (await ForwardAsync().ConfigureAwait(false))
            {
            }

            client.Close();
        }
        catch (IOException)
        {
            client.Abort();
        }
    }

    private async ValueTask<bool> ForwardAsync()
    {
        await client.WaitInputAsync().ConfigureAwait(false);
        var (received, head) = (_buffers.Rent(), _buffers.Rent());
        try
        {
            var upstream = pool.TryTake(out var pooled) ? pooled! : null;
            if (!await PassAsync(client, upstream, received, head).ConfigureAwait(false))
            {
                if (upstream is not null)
                {
                    pool.Return(upstream);
                }

                return false;
            }

            upstream = _upstream!;
            await PassAsync(upstream, client, received, head).ConfigureAwait(false);
            pool.Return(upstream);
            return true;
        }
        finally
        {
            _buffers.Return(received);
            _buffers.Return(head);
        }
    }

    private ByteStream? _upstream;

    // One message: its head is rewritten, its body is passed on. Head and first body bytes leave in one call.
    private async ValueTask<bool> PassAsync(ByteStream from, ByteStream? to, byte[] received, byte[] head)
    {
        int length = 0, headLength, consumed;
        long body;
        do
        {
            var count = await from.ReadAsync(received.AsMemory(length)).ConfigureAwait(false);
            if (count == 0)
            {
                return false;
            }

            length += count;
            headLength = HeadCopy.Copy(received.AsSpan(0, length), head, out consumed, out body);
        }
        while (headLength == 0);

        to ??= await pool.ConnectAsync().ConfigureAwait(false);
        _upstream = to;
        await to.WriteAsync(head.AsMemory(0, headLength), received.AsMemory(consumed, length - consumed)).ConfigureAwait(false);
        for (body -= length - consumed; body > 0;)
        {
            var count = await from.ReadAsync(received).ConfigureAwait(false);
            if (count == 0)
            {
                throw new EndOfStreamException();
            }

            body -= count;
            await to.WriteAsync(received.AsMemory(0, count)).ConfigureAwait(false);
        }

        return true;
    }
}
