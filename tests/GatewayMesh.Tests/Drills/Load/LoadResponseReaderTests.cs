using System.Text;
using GatewayMesh.Drills.Load;

namespace GatewayMesh.Tests.Drills.Load;

internal sealed class LoadResponseReaderTests
{
    private static readonly string[] Whole =
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nVia: 1.1 host-a-sidecar\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nvia: 1.1 "
            + "host-a-sidecar\r\n\r\n5;x=1\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: 1.1 host-a-sidecar\r\n\r\n",
        "HTTP/1.1 200\r\nVia: 1.1 host-a-sidecar\r\nContent-Length: 0\r\n\r\n",
    ];

    [TestCaseSource(nameof(Whole))]
    public void Response_parses_the_same_for_any_segmentation(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        for (var size = 1; size <= bytes.Length; size++)
        {
            var reader = new LoadResponseReader();
            foreach (var part in bytes.Chunk(size))
            {
                Assert.That(reader.IsDone, Is.False, $"done too early in parts of {size}");
                reader.Read(part);
            }

            Assert.That(reader.IsDone, Is.True, $"in parts of {size}");
            Assert.That(reader.Status, Is.EqualTo(200));
            Assert.That(Encoding.ASCII.GetString(reader.Via), Is.EqualTo("1.1 host-a-sidecar"));
            Assert.That(reader.Close, Is.False);
        }
    }

    [Test]
    public void A_body_without_a_length_ends_with_the_connection()
    {
        var reader = Read("HTTP/1.1 200 OK\r\n\r\nhello");
        Assert.That(reader.IsDone, Is.False);

        reader.ReadEnd();

        Assert.That(reader.IsDone, Is.True);
        Assert.That(reader.Close, Is.True);
    }

    [Test]
    public void Connection_closed_mid_response_breaks_it()
    {
        var reader = Read("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");

        reader.ReadEnd();

        Assert.That(reader.IsBroken, Is.True);
    }

    [Test]
    public void Connection_close_is_noticed() =>
        Assert.That(
            Read("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"),
            Is.Not.Null.And.Property("Close").True.And.Property("IsDone").True);

    [TestCase("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [TestCase("HTTP/1.1 abc\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public void Garbage_is_not_a_response(string text) => Assert.That(Read(text).IsBroken, Is.True);

    [Test]
    public void Several_Via_lines_are_one_list()
    {
        var reader = Read("HTTP/1.1 200 OK\r\nVia: 1.1 a-sidecar\r\nVia: 1.1 b-gateway\r\nContent-Length: 0\r\n\r\n");

        Assert.That(Encoding.ASCII.GetString(reader.Via), Is.EqualTo("1.1 a-sidecar, 1.1 b-gateway"));
    }

    private static LoadResponseReader Read(string text)
    {
        var reader = new LoadResponseReader();
        reader.Read(Encoding.ASCII.GetBytes(text));
        return reader;
    }
}
