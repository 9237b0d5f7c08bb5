using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Ends a refused connection so that the peer can read the reason: closing with unread bytes would reset the connection, and the peer might
/// lose what was sent last.
/// </summary>
internal static class LingeringClose
{
    /// <summary>Bytes of the peer that are dropped: 64 KiB.</summary>
    public const int MaxDropped = 64 * 1024;

    /// <summary>Time that the peer has to end its side: 1 s.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>Ends this side's stream, and drops what arrives until the peer ends its side. On the loop; never fails.</summary>
    public static async ValueTask EndAsync(InboundConnection inbound)
    {
        var socket = inbound.Socket!;
        using var timeout = new ConnectionTimeout(inbound, Longest, aborts: true);
        var dropped = socket.Loop.Buffers.Rent();
        try
        {
            socket.EndSending();
            for (var left = MaxDropped; left > 0;)
            {
                var count = socket.ReceiveNow(dropped);
                if (count == StreamSocket.WouldBlock)
                {
                    await socket.WaitInputAsync().ConfigureAwait(false);
                    continue;
                }

                left = count <= 0 ? 0 : left - count;
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The peer has gone, or has had its time.
        }
        finally
        {
            socket.Loop.Buffers.Return(dropped);
        }
    }
}
