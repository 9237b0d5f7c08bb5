using GatewayMesh.Client.Connections;

namespace GatewayMesh.Client.Tests.Connections;

/// <summary>Tracking of the peer's knowledge on an HTTP/1.1 connection.</summary>
public sealed class WitnessStreamTests
{
    private readonly byte[] _buffer = new byte[64];

    [Test]
    public async Task A_connection_closed_while_idle_accepts_no_request()
    {
        using var wire = new Wire();
        using var witness = new WitnessStream(wire);
        var ahead = witness.ReadAsync(_buffer);
        wire.Arrive("");

        Assert.That(await ahead, Is.Zero);
        await Assert.ThrowsAsync<UnsentException>(async () => await witness.WriteAsync("GET"u8.ToArray()));
        Assert.That(wire.Written, Is.Zero);
    }

    [Test]
    public async Task A_connection_reset_while_idle_accepts_no_request()
    {
        using var wire = new Wire();
        using var witness = new WitnessStream(wire);
        var ahead = witness.ReadAsync(_buffer).AsTask();
        wire.Break();

        await Assert.ThrowsAsync<IOException>(() => ahead);
        await Assert.ThrowsAsync<UnsentException>(async () => await witness.WriteAsync("GET"u8.ToArray()));
    }

    [Test]
    public async Task End_of_stream_before_the_first_byte_of_an_answer_is_an_error()
    {
        using var wire = new Wire();
        using var witness = new WitnessStream(wire);
        var ahead = witness.ReadAsync(_buffer).AsTask();
        await witness.WriteAsync("GET"u8.ToArray());
        wire.Arrive("");

        await Assert.ThrowsAsync<IOException>(() => ahead);
    }

    [Test]
    public async Task End_of_stream_within_an_answer_stays_an_end_of_stream()
    {
        using var wire = new Wire();
        using var witness = new WitnessStream(wire);
        await witness.WriteAsync("GET"u8.ToArray());
        wire.Arrive("HTTP/1.1 200 OK");
        _ = await witness.ReadAsync(_buffer);
        wire.Arrive("");

        Assert.That(await witness.ReadAsync(_buffer), Is.Zero);
    }

    [Test]
    public async Task End_of_stream_after_an_upgrade_stays_an_end_of_stream()
    {
        using var wire = new Wire();
        using var witness = new WitnessStream(wire);
        await witness.WriteAsync("GET"u8.ToArray());
        wire.Arrive("HTTP/1.1 101 Switching Protocols");
        _ = await witness.ReadAsync(_buffer);
        await witness.WriteAsync("ping"u8.ToArray());
        wire.Arrive("");

        Assert.That(await witness.ReadAsync(_buffer), Is.Zero);
    }

    /// <summary>The underlying connection, on which the test controls arriving bytes.</summary>
    private sealed class Wire : MemoryStream
    {
        private readonly System.Threading.Channels.Channel<byte[]> _arrivals = System.Threading.Channels.Channel.CreateUnbounded<byte[]>();

        public int Written { get; private set; }

        public void Arrive(string text) => _arrivals.Writer.TryWrite(System.Text.Encoding.ASCII.GetBytes(text));

        public void Break() => _arrivals.Writer.Complete(new IOException("reset"));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                var bytes = await _arrivals.Reader.ReadAsync(cancellationToken);
                bytes.CopyTo(buffer);
                return bytes.Length;
            }
            catch (System.Threading.Channels.ChannelClosedException closed)
            {
                throw closed.InnerException!;
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }
}
