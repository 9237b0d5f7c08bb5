using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Tunnels;

namespace GatewayMesh.Configuration.Tests.Tunnels;

public sealed class TunnelHelloTests
{
    private static readonly TunnelHello Hello = new("web", "payments", "host-a", "1.2.3");

    private static Gen<string> Name =>
        from length in Gen.Choose(1, 255)
        from characters in Gen.Choose(0x21, 0x7E).Select(code => (char)code).ArrayOf(length)
        select new string(characters);

    [Test]
    public void A_written_hello_is_read_back_unchanged() =>
        Hold(
            from service in Name
            from upstream in Gen.OneOf(Name, Gen.Constant<string>(null!))
            from node in Name
            from version in Gen.OneOf(Name, Gen.Constant(""))
            select new TunnelHello(service, upstream, node, version),
            hello =>
            {
                byte[] bytes = [.. hello.ToBytes(), (byte)'G'];
                return TunnelHello.Read(bytes, out var read, out var length) == TunnelHelloResult.Complete
                    && read == hello
                    && length == bytes.Length - 1;
            });

    [Test]
    public void Every_partial_hello_is_incomplete()
    {
        var bytes = Hello.ToBytes();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.That(
                TunnelHello.Read(bytes.AsSpan(0, length), out var hello, out _),
                Is.EqualTo(TunnelHelloResult.Incomplete),
                $"{length} bytes");
            Assert.That(hello, Is.Null);
        }
    }

    [Test]
    public void Bytes_after_the_hello_belong_to_the_application()
    {
        var bytes = Hello.ToBytes();

        TunnelHello.Read([.. bytes, .. "GET / HTTP/1.1\r\n"u8], out _, out var length);

        Assert.That(length, Is.EqualTo(bytes.Length));
    }

    [Test]
    public void The_first_wrong_byte_of_the_signature_is_malformed_at_once()
    {
        var bytes = Hello.ToBytes();
        for (var i = 0; i < 12; i++)
        {
            byte[] wrong = [.. bytes.AsSpan(0, i + 1)];
            wrong[i] ^= 1;
            Assert.That(TunnelHello.Read(wrong, out _, out _), Is.EqualTo(TunnelHelloResult.Malformed), $"byte {i}");
        }
    }

    [TestCase(12, 0x21, Description = "command PROXY")]
    [TestCase(12, 0x10, Description = "version 1")]
    [TestCase(13, 0x11, Description = "TCP over IPv4")]
    public void Another_version_command_or_family_is_malformed(int at, int value)
    {
        var bytes = Hello.ToBytes();
        bytes[at] = (byte)value;

        Assert.That(TunnelHello.Read(bytes, out _, out _), Is.EqualTo(TunnelHelloResult.Malformed));
    }

    [Test]
    public void A_hello_that_announces_too_many_bytes_is_malformed_before_they_arrive()
    {
        var bytes = Hello.ToBytes()[..16];
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), TunnelHello.MaxLength - 16 + 1);
        Assert.That(TunnelHello.Read(bytes, out _, out _), Is.EqualTo(TunnelHelloResult.Malformed));

        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), TunnelHello.MaxLength - 16);
        Assert.That(TunnelHello.Read(bytes, out _, out _), Is.EqualTo(TunnelHelloResult.Incomplete));
    }

    [TestCase("")]
    [TestCase("we b")]
    [TestCase("web\n")]
    [TestCase("web\0")]
    [TestCase("wéb")]
    [TestCase("wéb\r\nX-Evil: 1")]
    [TestCase("\u007f")]
    public void A_name_that_could_inject_into_logs_or_headers_is_malformed(string name)
    {
        Assert.That(Read(Text(0xE0, name), Text(0xE2, "host-a")), Is.EqualTo(TunnelHelloResult.Malformed));
        Assert.That(Read(Text(0xE0, "web"), Text(0xE2, name)), Is.EqualTo(TunnelHelloResult.Malformed));
    }

    [Test]
    public void A_name_of_more_than_255_bytes_is_malformed()
    {
        Assert.That(Read(Text(0xE0, new string('x', 255)), Text(0xE2, "a")), Is.EqualTo(TunnelHelloResult.Complete));
        Assert.That(Read(Text(0xE0, new string('x', 256)), Text(0xE2, "a")), Is.EqualTo(TunnelHelloResult.Malformed));
    }

    [Test]
    public void A_hello_without_service_or_node_is_malformed()
    {
        Assert.That(Read(Text(0xE2, "host-a")), Is.EqualTo(TunnelHelloResult.Malformed));
        Assert.That(Read(Text(0xE0, "web")), Is.EqualTo(TunnelHelloResult.Malformed));
        Assert.That(Read(), Is.EqualTo(TunnelHelloResult.Malformed));
    }

    [Test]
    public void A_value_that_exceeds_the_hello_is_malformed()
    {
        Assert.That(Read(Text(0xE0, "web"), Text(0xE2, "host-a"), [0xE3, 0, 9, (byte)'1']), Is.EqualTo(TunnelHelloResult.Malformed));
        Assert.That(Read(Text(0xE0, "web"), Text(0xE2, "host-a"), [0xE3, 0]), Is.EqualTo(TunnelHelloResult.Malformed));
        Assert.That(Read(Text(0xE0, "web"), Text(0xE2, "host-a"), [0xE3, 0xFF, 0xFF]), Is.EqualTo(TunnelHelloResult.Malformed));
    }

    [Test]
    public void Values_of_unknown_types_are_ignored_regardless_of_content() =>
        Assert.That(
            Read([0x04, 0, 0], [0x03, 0, 4, 0, 1, 2, 0xFF], Text(0xE0, "web"), [0xE4, 0, 2, 0, 0xFF], Text(0xE2, "host-a")),
            Is.EqualTo(TunnelHelloResult.Complete));

    [Test]
    public void The_reader_never_throws_on_any_bytes_or_reads_past_them() =>
        Hold(
            from length in Gen.Choose(0, 400)
            from noise in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length)
            from keep in Gen.Choose(0, 16)
            select (byte[])[.. Hello.ToBytes()[..keep], .. noise],
            bytes => TunnelHello.Read(bytes, out var hello, out var length) != TunnelHelloResult.Complete
                || (hello is not null && length <= bytes.Length));

    [Test]
    public void A_hello_with_one_byte_changed_is_read_without_throwing() =>
        Hold(
            from at in Gen.Choose(0, Hello.ToBytes().Length - 1)
            from value in Gen.Choose(0, 255)
            select (at, value),
            change =>
            {
                var bytes = Hello.ToBytes();
                bytes[change.at] = (byte)change.value;
                var result = TunnelHello.Read(bytes, out var hello, out var length);
                return (result == TunnelHelloResult.Complete) == (hello is not null) && length <= bytes.Length;
            });

    private static void Hold<T>(Gen<T> values, Func<T, bool> property) =>
        Prop.ForAll(Arb.From(values), property).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithQuietOnSuccess(true));

    private static byte[] Text(byte type, string value)
    {
        var text = Encoding.UTF8.GetBytes(value);
        return [type, (byte)(text.Length >> 8), (byte)text.Length, .. text];
    }

    private static TunnelHelloResult Read(params byte[][] values)
    {
        byte[] body = [.. values.SelectMany(value => value)];
        byte[] bytes = [.. Hello.ToBytes()[..14], (byte)(body.Length >> 8), (byte)body.Length, .. body];
        return TunnelHello.Read(bytes, out _, out _);
    }
}
