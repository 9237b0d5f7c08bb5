using System.Text;

namespace GatewayMesh.Linux.Tests;

public sealed class PacketChannelTests
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"gm-{Guid.NewGuid():N}.sock");
    private PacketListener _listener = null!;
    private PacketChannel _near = null!;
    private PacketChannel _far = null!;

    [SetUp]
    public void Connect()
    {
        _listener = PacketListener.Open(_path);
        _near = PacketChannel.Connect(_path);
        Wait.Readable(_listener.Number);
        _far = _listener.Accept()!;
    }

    [TearDown]
    public void Close()
    {
        _near.Dispose();
        _far.Dispose();
        _listener.Dispose();
        File.Delete(_path);
    }

    [Test]
    public void Messages_stay_whole_and_in_order()
    {
        Assert.That(_near.TrySend("one"u8), Is.True);
        Assert.That(_near.TrySend("and two"u8), Is.True);

        Assert.That(Text(_far, []), Is.EqualTo("one"));
        Assert.That(Text(_far, []), Is.EqualTo("and two"));
    }

    [Test]
    public void Receiving_without_a_message_does_not_block() =>
        Assert.That(_far.Receive(new byte[16], []), Is.EqualTo(-1));

    [Test]
    public void A_descriptor_arrives_with_another_number_for_the_same_file()
    {
        using var file = MemoryFile.Create("test", "content"u8);
        _near.TrySend("take it"u8, [file.Number]);
        var passed = new List<Descriptor>();

        Assert.That(Text(_far, passed), Is.EqualTo("take it"));

        using var copy = passed.Single();
        Assert.That(copy.Number, Is.Not.EqualTo(file.Number));
        Assert.That(Encoding.UTF8.GetString(MemoryFile.ReadAll(copy, 100)), Is.EqualTo("content"));
    }

    [Test]
    public void The_maximum_number_of_descriptors_arrives_in_order()
    {
        var files = Enumerable.Range(0, PacketChannel.MaxDescriptors).Select(number => MemoryFile.Create("test", [(byte)number])).ToList();
        Assert.That(_near.TrySend("many"u8, [.. files.Select(file => file.Number)]), Is.True);
        var passed = new List<Descriptor>();

        Text(_far, passed);

        Assert.That(
            passed.Select(file => MemoryFile.ReadAll(file, 1)[0]),
            Is.EqualTo(Enumerable.Range(0, PacketChannel.MaxDescriptors).Select(number => (byte)number)));
        files.ForEach(file => file.Dispose());
        passed.ForEach(file => file.Dispose());
    }

    [Test]
    public void More_descriptors_than_the_kernel_accepts_are_not_sent()
    {
        using var file = MemoryFile.Create("test", []);

        Assert.That(_near.TrySend("too many"u8, [.. Enumerable.Repeat(file.Number, 300)]), Is.False);
        Assert.That(_far.Receive(new byte[16], []), Is.EqualTo(-1));
    }

    [Test]
    public void The_largest_message_arrives()
    {
        var message = new byte[PacketChannel.MaxMessage];
        new Random(1).NextBytes(message);
        var buffer = new byte[PacketChannel.MaxMessage];

        Assert.That(_near.TrySend(message), Is.True);

        Assert.That(_far.Receive(buffer, []), Is.EqualTo(message.Length));
        Assert.That(buffer, Is.EqualTo(message));
    }

    [Test]
    public void A_message_that_is_too_large_is_an_error_and_its_descriptors_are_returned()
    {
        using var file = MemoryFile.Create("test", []);
        _near.TrySend("longer than that"u8, [file.Number]);
        var passed = new List<Descriptor>();

        Assert.Throws<LinuxException>(() => _far.Receive(new byte[4], passed));
        Assert.That(passed, Has.Count.EqualTo(1));
        passed[0].Dispose();
    }

    [Test]
    public void The_end_of_a_peer_is_reported_after_its_last_message()
    {
        _near.TrySend("last"u8);
        _near.Dispose();

        Assert.That(Text(_far, []), Is.EqualTo("last"));
        Assert.That(_far.Receive(new byte[16], []), Is.Zero);
        Assert.That(_far.TrySend("anybody?"u8), Is.False);
    }

    [Test]
    public void Descriptors_for_a_closed_peer_are_not_sent()
    {
        using var file = MemoryFile.Create("test", "content"u8);
        _far.Dispose();

        Assert.That(_near.TrySend("take it"u8, [file.Number]), Is.False);
        Assert.That(MemoryFile.ReadAll(file, 100), Is.Not.Empty);
    }

    [Test]
    public void A_peer_that_does_not_read_never_blocks_the_sender()
    {
        var sent = 0;
        while (sent < 100_000 && _near.TrySend("tick"u8))
        {
            sent++;
        }

        Assert.That(sent, Is.LessThan(100_000));
        Assert.That(Text(_far, []), Is.EqualTo("tick"));
    }

    [Test]
    public void A_path_without_a_listener_is_an_error()
    {
        Assert.Throws<LinuxException>(() => PacketChannel.Connect(_path + "-not"));
        _listener.Dispose();
        Assert.Throws<LinuxException>(() => PacketChannel.Connect(_path));
    }

    [Test]
    public void The_socket_of_an_earlier_process_is_replaced()
    {
        _listener.Dispose();

        _listener = PacketListener.Open(_path);

        using var client = PacketChannel.Connect(_path);
        Assert.That(client.IsInvalid, Is.False);
    }

    [Test]
    public void A_path_that_is_too_long_is_refused_with_the_fix() =>
        Assert.That(
            Assert.Throws<LinuxException>(() => PacketListener.Open($"/tmp/{new string('x', 120)}"))!.Message,
            Does.Contain("use a shorter data directory"));

    private static string Text(PacketChannel channel, List<Descriptor> descriptors)
    {
        var buffer = new byte[PacketChannel.MaxMessage];
        Wait.Readable(channel.Number);
        return Encoding.UTF8.GetString(buffer, 0, channel.Receive(buffer, descriptors));
    }
}
