using System.Net.Security;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Benchmarks.Floor;

/// <summary>The platform's TLS stream on a loop, for comparison with <see cref="TlsStream"/>.</summary>
internal sealed class PlatformTls : ByteStream
{
    public PlatformTls(LoopSocket socket)
        : base(socket)
    {
        Tls = new SslStream(new LoopSocketStream(socket));
    }

    public SslStream Tls { get; }

    public override bool HasInput => Socket.HasInput;

    public override ValueTask<int> ReadAsync(Memory<byte> into) => Tls.ReadAsync(into);

    public override async ValueTask WaitInputAsync() => await Tls.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default)
    {
        if (second.IsEmpty)
        {
            return Tls.WriteAsync(first);
        }

        var both = Loop.Buffers.Rent();
        if (first.Length + second.Length > both.Length)
        {
            Loop.Buffers.Return(both);
            return TwiceAsync(first, second);
        }

        first.CopyTo(both);
        second.CopyTo(both.AsMemory(first.Length));
        var written = Tls.WriteAsync(both.AsMemory(0, first.Length + second.Length));
        if (!written.IsCompletedSuccessfully)
        {
            return ReturnAsync(written, both);
        }

        Loop.Buffers.Return(both);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask EndWritingAsync() => await Tls.ShutdownAsync().ConfigureAwait(false);

    public override void CancelRead() => Socket.CancelInput();

    public override void Watch(IInputWatcher? watcher) => Socket.Watch(watcher);

    private async ValueTask TwiceAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        await Tls.WriteAsync(first).ConfigureAwait(false);
        await Tls.WriteAsync(second).ConfigureAwait(false);
    }

    private async ValueTask ReturnAsync(ValueTask written, byte[] buffer)
    {
        await written.ConfigureAwait(false);
        Loop.Buffers.Return(buffer);
    }
}
