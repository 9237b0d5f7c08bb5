using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Edge;

public class ProxyHeaderTests
{
    [TestCase("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n", "192.0.2.1:56324")]
    [TestCase("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535")]
    [TestCase("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n", "[2001:db8::1]:56324")]
    [TestCase("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 0\r\n", "192.0.2.1:1")]
    [
        TestCase(
            "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
            "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")]
    [TestCase("PROXY UNKNOWN\r\n", null)]
    [TestCase("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", null)]
    public void Version_1_names_the_client(string header, string? expected)
    {
        var bytes = Encoding.ASCII.GetBytes(header + "GET / HTTP/1.1\r\n");

        Assert.That(ProxyHeader.Read(bytes, out var source, out var length), Is.EqualTo(ProxyHeaderResult.Complete));
        Assert.That(source?.ToString(), Is.EqualTo(expected));
        Assert.That(length, Is.EqualTo(header.Length));
    }

    [TestCase("GET / HTTP/1.1\r\n")]
    [TestCase("proxy TCP4 192.0.2.1 198.51.100.1 56324 443\r\n")]
    [TestCase("PROXY\r\n")]
    [TestCase("PROXY \r\n")]
    [TestCase("PROXY TCP4\r\n")]
    [TestCase("PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n")]
    [TestCase("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 1\r\n")]
    [TestCase("PROXY TCP4  192.0.2.1 198.51.100.1 56324 443\r\n")]
    [TestCase("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\n")]
    [TestCase("PROXY TCP4 192.0.2.256 198.51.100.1 56324 443\r\n")]
    [TestCase("PROXY TCP4 1 198.51.100.1 56324 443\r\n")]
    [TestCase("PROXY TCP4 0x7f.0.0.1 198.51.100.1 56324 443\r\n")]
    [TestCase("PROXY TCP4 127.1 198.51.100.1 56324 443\r\n")]
    [TestCase("PROXY TCP4 ::1 ::1 56324 443\r\n")]
    [TestCase("PROXY TCP6 192.0.2.1 198.51.100.1 56324 443\r\n")]
    [TestCase("PROXY TCP6 [::1] ::1 56324 443\r\n")]
    [TestCase("PROXY TCP6 fe80::1%lo ::1 56324 443\r\n")]
    [TestCase("PROXY TCP4 192.0.2.1 198.51.100.1 65536 443\r\n")]
    [TestCase("PROXY TCP4 192.0.2.1 198.51.100.1 -1 443\r\n")]
    [TestCase("PROXY TCP4 192.0.2.1 198.51.100.1 +1 443\r\n")]
    [TestCase("PROXY TCP4 192.0.2.1 198.51.100.1 01 443\r\n")]
    [TestCase("PROXY UDP4 192.0.2.1 198.51.100.1 1 443\r\n")]
    [TestCase("PROXY TCP4 192.0.2.1 198.51.100.1 1 443\0\r\n")]
    public void Version_1_is_strict(string header) =>
        Assert.That(
            ProxyHeader.Read(Encoding.ASCII.GetBytes(header), out var source, out _),
            Is.EqualTo(ProxyHeaderResult.Malformed),
            source?.ToString());

    [Test]
    public void Version_1_ends_within_107_bytes()
    {
        var longest = Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 107 - 16) + "\r\n");
        Assert.That(longest, Has.Length.EqualTo(107));
        Assert.That(ProxyHeader.Read(longest, out _, out _), Is.EqualTo(ProxyHeaderResult.Complete));
        Assert.That(ProxyHeader.Read(longest.AsSpan(0, 106), out _, out _), Is.EqualTo(ProxyHeaderResult.Incomplete));

        var tooLong = Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 107 - 15) + "\r\n");
        Assert.That(ProxyHeader.Read(tooLong, out _, out _), Is.EqualTo(ProxyHeaderResult.Malformed));
    }

    [Test]
    public void Version_2_names_the_client()
    {
        Assert.That(
            Read(V2(0x21, 0x11, [192, 0, 2, 1, 198, 51, 100, 1, 0xdc, 4, 1, 0xbb])),
            Is.EqualTo((ProxyHeaderResult.Complete, "192.0.2.1:56324", 28)));
        var v6 = IPAddress.Parse("2001:db8::1").GetAddressBytes();
        Assert.That(Read(V2(0x21, 0x21, [.. v6, .. v6, 0, 80, 0, 81])), Is.EqualTo((ProxyHeaderResult.Complete, "[2001:db8::1]:80", 52)));
        var mapped = IPAddress.Parse("::ffff:192.0.2.1").GetAddressBytes();
        Assert.That(Read(V2(0x21, 0x21, [.. mapped, .. v6, 0, 80, 0, 81])), Is.EqualTo((ProxyHeaderResult.Complete, "192.0.2.1:80", 52)));
    }

    [TestCase(0x20, 0x00, 0, TestName = "local-without-addresses")]
    [TestCase(0x20, 0x11, 12, TestName = "local-with-addresses")]
    [TestCase(0x21, 0x00, 0, TestName = "unspec")]
    [TestCase(0x21, 0x31, 216, TestName = "unix-socket")]
    [TestCase(0x21, 0x12, 12, TestName = "datagram")]
    public void Version_2_may_leave_the_client_unnamed(int command, int family, int length) =>
        Assert.That(Read(V2(command, family, new byte[length])), Is.EqualTo((ProxyHeaderResult.Complete, (string?)null, 16 + length)));

    [TestCase(0x11, 0x11, 12, TestName = "version-1-in-a-version-2-frame")]
    [TestCase(0x31, 0x11, 12, TestName = "version-3")]
    [TestCase(0x22, 0x11, 12, TestName = "unknown-command")]
    [TestCase(0x21, 0x41, 216, TestName = "unknown-family")]
    [TestCase(0x21, 0x13, 12, TestName = "unknown-transport")]
    [TestCase(0x21, 0x11, 11, TestName = "too-short-for-the-addresses")]
    [TestCase(0x21, 0x21, 12, TestName = "ipv6-with-the-length-of-ipv4")]
    [TestCase(0x21, 0x11, 14, TestName = "partial-field-after-the-addresses")]
    public void Version_2_is_strict(int command, int family, int length) =>
        Assert.That(Read(V2(command, family, new byte[length])).Result, Is.EqualTo(ProxyHeaderResult.Malformed));

    [Test]
    public void Version_2_accepts_fields_up_to_its_bound()
    {
        byte[] addresses = [192, 0, 2, 1, 198, 51, 100, 1, 0, 1, 0, 2];
        byte[] FieldOf(int size) => [0x05, (byte)(size >> 8), (byte)size, .. new byte[size]];
        var most = ProxyHeader.MaxLengthV2 - 16 - 12 - 3;

        Assert.That(Read(V2(0x21, 0x11, [.. addresses, .. FieldOf(0), .. FieldOf(5)])).Result, Is.EqualTo(ProxyHeaderResult.Complete));
        Assert.That(
            Read(V2(0x21, 0x11, [.. addresses, .. FieldOf(most)])),
            Is.EqualTo((ProxyHeaderResult.Complete, "192.0.2.1:1", ProxyHeader.MaxLengthV2)));
        Assert.That(Read(V2(0x21, 0x11, [.. addresses, .. FieldOf(most + 1)])).Result, Is.EqualTo(ProxyHeaderResult.Malformed));
        Assert.That(
            Read(V2(0x21, 0x11, [.. addresses, 0x05, 0, 9, 1])).Result,
            Is.EqualTo(ProxyHeaderResult.Malformed),
            "a field longer than the header");
    }

    [Test]
    public void Every_partial_header_waits_for_the_rest([Values] bool second)
    {
        var header = second
            ? V2(0x21, 0x11, [192, 0, 2, 1, 198, 51, 100, 1, 0, 1, 0, 2, 5, 0, 1, 7])
            : Encoding.ASCII.GetBytes("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n");
        Assert.That(
            Enumerable.Range(0, header.Length).Select(cut => ProxyHeader.Read(header.AsSpan(0, cut), out _, out _)),
            Is.All.EqualTo(ProxyHeaderResult.Incomplete));
    }

    [Test]
    public async Task A_header_cut_anywhere_names_the_same_client([Values] bool second)
    {
        var header = second
            ? V2(0x21, 0x11, [192, 0, 2, 1, 198, 51, 100, 1, 0xdc, 4, 1, 0xbb, 5, 0, 1, 7])
            : Encoding.ASCII.GetBytes("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n");
        byte[] bytes = [.. header, .. "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n"u8];
        using var application = Backend.Answering("paid");
        await using var edge = (await PublicMesh.Start(application)).With(
            listener => listener with { ProxyProtocol = true }, "127.0.0.0/8");

        for (var cut = 1; cut <= header.Length + 1; cut++)
        {
            using var client = await RawConnection.To(edge.Address);
            await client.Send(bytes.AsMemory(0, cut));
            await Task.Delay(2); // usually read on its own
            await client.Send(bytes.AsMemory(cut));

            Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"), $"cut at {cut}");
            Assert.That(edge.Last["X-Forwarded-For"], Is.EqualTo("192.0.2.1"), $"cut at {cut}");
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 5000)]
    public Property Hostile_bytes_are_never_more_than_malformed() =>
        Prop.ForAll(Headers, bytes =>
        {
            var result = ProxyHeader.Read(bytes, out var source, out var length);
            return result switch
            {
                ProxyHeaderResult.Complete => length > 0 && length <= bytes.Length,
                ProxyHeaderResult.Incomplete => bytes.Length < ProxyHeader.MaxLengthV2 && source is null,
                _ => true,
            };
        });

    // Starts of real headers, then arbitrary bytes: random bytes alone would rarely pass the signature.
    private static Arbitrary<byte[]> Headers =>
        (from start in Gen.Elements<byte[]>(
            [], "PROXY "u8.ToArray(), "PROXY TCP4 1.2.3.4 "u8.ToArray(), "PROXY TCP6 "u8.ToArray(),
            [.. Signature], [.. Signature, 0x21, 0x11, 0], [.. Signature, 0x21, 0x21, 0, 40], [.. Signature, 0x20])
         from rest in Gen.ArrayOf(
             Gen.OneOf(Gen.Choose(0, 255), Gen.Elements(13, 10, 32, 49, 46, 58, 0))).Select(
                 numbers => numbers.Select(number => (byte)number).ToArray())
         from end in Gen.Elements<byte[]>([], "\r\n"u8.ToArray())
         select (byte[])[.. start, .. rest, .. end]).ToArbitrary();

    internal static byte[] V2(int command, int family, byte[] body) =>
        [.. Signature, (byte)command, (byte)family, (byte)(body.Length >> 8), (byte)body.Length, .. body];

    private static byte[] Signature => "\r\n\r\n\0\r\nQUIT\n"u8.ToArray();

    private static (ProxyHeaderResult Result, string? Source, int Length) Read(byte[] bytes)
    {
        var result = ProxyHeader.Read(bytes, out var source, out var length);
        return (result, source?.ToString(), length);
    }
}
