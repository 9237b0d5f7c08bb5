using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Proxy.Tests.Connections;

public class ConnectionBufferTests
{
    private const int Limit = 70_000;

    [Test]
    public void A_peer_that_sends_one_byte_takes_4_KiB()
    {
        var buffer = new ConnectionBuffer(Limit);
        Assert.That(buffer.Room().Length, Is.EqualTo(4096));
        buffer.Add(1);
        Assert.That(buffer.Room().Length, Is.EqualTo(4095));
        buffer.Drop();
    }

    [Test]
    public void A_read_that_filled_the_array_is_followed_by_pieces_of_bodies_until_one_is_not_filled()
    {
        var buffer = new ConnectionBuffer(Limit);
        Receive(ref buffer, buffer.Room().Length);
        buffer.Take(buffer.Length);
        Assert.That(buffer.Room().Length, Is.EqualTo(HeldRecords.Content));
        Receive(ref buffer, HeldRecords.Content);
        buffer.Take(buffer.Length);
        Assert.That(buffer.Room().Length, Is.EqualTo(HeldRecords.Content));
        Receive(ref buffer, 100);
        buffer.Take(buffer.Length);
        Assert.That(buffer.Room().Length, Is.EqualTo(4096));
        buffer.Drop();
    }

    [Test]
    public void A_head_grows_up_to_the_limit_and_keeps_its_bytes()
    {
        var buffer = new ConnectionBuffer(Limit);
        var sent = new byte[2 * Limit];
        new Random(1).NextBytes(sent);
        while (buffer.Room() is { IsEmpty: false } room)
        {
            var count = Math.Min(room.Length, 3000);
            sent.AsSpan(buffer.Length, count).CopyTo(room.Span);
            buffer.Add(count);
        }

        Assert.That(buffer.Length, Is.InRange(Limit, 2 * Limit));
        Assert.That(buffer.Span.SequenceEqual(sent.AsSpan(0, buffer.Length)), Is.True);
        buffer.Drop();
    }

    [Test]
    public void Bytes_that_are_left_move_to_the_front_when_the_end_is_reached()
    {
        var buffer = new ConnectionBuffer(4096);
        Receive(ref buffer, 4096);
        buffer.Take(4000);
        Assert.That(buffer.Room().Length, Is.EqualTo(4000));
        Assert.That(buffer.Length, Is.EqualTo(96));
        buffer.Drop();
        Assert.That(buffer.IsEmpty, Is.True);
    }

    private static void Receive(ref ConnectionBuffer buffer, int count)
    {
        _ = buffer.Room();
        buffer.Add(count);
    }
}
