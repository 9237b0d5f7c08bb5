using System.Net;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Benchmarks.Floor;

/// <summary>Idle connections of one loop to the target of a hop; the most recently used one is used next.</summary>
internal sealed class HopPool(EventLoop loop, IPEndPoint target, HopSecurity security)
{
    private readonly Stack<ByteStream> _idle = new();

    public async ValueTask<ByteStream> ConnectAsync()
    {
        var socket = LoopSocket.Open(loop, target.AddressFamily, mayStand: true);
        await socket.ConnectAsync(target).ConfigureAwait(false);
        return await security.ConnectAsync(socket).ConfigureAwait(false);
    }

    public bool TryTake(out ByteStream? stream)
    {
        while (_idle.TryPop(out stream))
        {
            if (!stream.HasInput)
            {
                return true;
            }

            stream.Close();
        }

        return false;
    }

    public void Return(ByteStream stream) => _idle.Push(stream);
}
