using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Http1;

public sealed class BodyReaderTests
{
    private static readonly string Extension128 = ";" + new string('e', 127);
    private static readonly string Extension256 = ";" + new string('e', 255);

    [TestCase("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [TestCase("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET /", "hello world")]
    [TestCase("00000000000000005\r\nhello", "!ChunkSize")]
    [TestCase("0000000000000005\r\nhello\r\n0\r\n\r\n", "hello")]
    [TestCase("a\r\n0123456789\r\nA\r\n0123456789\r\n000\r\n\r\n", "01234567890123456789")]
    [TestCase("2\r\n\r\n\r\n0\r\n\r\n", "\r\n")]
    [TestCase("1;a\r\nx\r\n0;b=c;d=\"e;\\\"\r\u00E9\"\r\n\r\n", "x!ChunkExtension")]
    [TestCase("1;a\r\nx\r\n0;b=c;d=\"e;\\\"\t\u00E9\"\r\n\r\n", "x")]
    [TestCase("1 ; a = b ;c\r\nx\r\n0\r\n\r\n", "x")]
    [TestCase("0\r\n\r\n", "")]
    [TestCase("\r\n", "!ChunkSize")]
    [TestCase("g\r\n", "!ChunkSize")]
    [TestCase("0x5\r\nhello", "!ChunkSize")]
    [TestCase("-1\r\n", "!ChunkSize")]
    [TestCase("+1\r\n", "!ChunkSize")]
    [TestCase(" 1\r\n", "!ChunkSize")]
    [TestCase("1,\r\n", "!ChunkSize")]
    [TestCase(";a\r\n", "!ChunkSize")]
    [TestCase("8000000000000000\r\n", "!ChunkSize")]
    [TestCase("FFFFFFFFFFFFFFFF\r\n", "!ChunkSize")]
    [TestCase("5\nhello\r\n", "!BareLineFeed")]
    [TestCase("5\rhello\r\n", "!BareCarriageReturn")]
    [TestCase("5\r\nhelloX", "hello!ChunkEnd")]
    [TestCase("5\r\nhello\n0\r\n\r\n", "hello!ChunkEnd")]
    [TestCase("5\r\nhello\rX", "hello!ChunkEnd")]
    [TestCase("5\r\nhello0\r\n\r\n", "hello!ChunkEnd")]
    [TestCase("5 \r\nhello", "!ChunkExtension")]
    [TestCase("5;\r\nhello", "!ChunkExtension")]
    [TestCase("5;;a\r\nhello", "!ChunkExtension")]
    [TestCase("5;=b\r\nhello", "!ChunkExtension")]
    [TestCase("5;a=\r\nhello", "!ChunkExtension")]
    [TestCase("5;a==b\r\nhello", "!ChunkExtension")]
    [TestCase("5;a=b=c\r\nhello", "!ChunkExtension")]
    [TestCase("5;a b\r\nhello", "!ChunkExtension")]
    [TestCase("5;a \r\nhello", "!ChunkExtension")]
    [TestCase("5;a=b \r\nhello", "!ChunkExtension")]
    [TestCase("5 a\r\nhello", "!ChunkExtension")]
    [TestCase("5;a\"b\"\r\nhello", "!ChunkExtension")]
    [TestCase("5;a=\"b\r\nhello", "!ChunkExtension")]
    [TestCase("5;a=\"b\"c\r\nhello", "!ChunkExtension")]
    [TestCase("5;a=\"b\\\0\"\r\nhello", "!ChunkExtension")]
    [TestCase("5;a\0\r\nhello", "!ChunkExtension")]
    [TestCase("5;\u00E9\r\nhello", "!ChunkExtension")]
    [TestCase("5;a\nhello", "!BareLineFeed")]
    [TestCase("5;a=\"\n", "!BareLineFeed")]
    [TestCase("0\r\nX\r\n\r\n", "!FieldName")]
    [TestCase("0\r\nX : 1\r\n\r\n", "!BlankBeforeColon")]
    [TestCase("0\r\n X: 1\r\n\r\n", "!FoldedLine")]
    [TestCase("0\r\nX: 1\r\n 2\r\n\r\n", "!FoldedLine")]
    [TestCase("0\r\nX: 1\n\r\n", "!BareLineFeed")]
    [TestCase("0\r\n\n", "!BareLineFeed")]
    [TestCase("0\r\nX: \0\r\n\r\n", "!ControlCharacter")]
    public void Chunks_are_read_to_the_byte(string content, string expected)
    {
        var trailers = new FieldTable();
        Assert.That(Read(content, int.MaxValue, trailers), Is.EqualTo(expected));
        Assert.That(Read(content, 1, trailers), Is.EqualTo(expected), "byte by byte");
    }

    [Test]
    public void Chunks_may_have_256_bytes_of_extensions_in_a_row()
    {
        var trailers = new FieldTable();
        var content = new string('x', 256);
        var two = $"1{Extension128}\r\nx\r\n1{Extension128}";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Read($"1{Extension256}\r\nx\r\n0\r\n\r\n", int.MaxValue, trailers), Is.EqualTo("x"));
            Assert.That(Read($"1{Extension256}e\r\nx", int.MaxValue, trailers), Is.EqualTo("!ChunkExtensionTooLong"));
            Assert.That(Read($"{two}\r\ny\r\n0\r\n\r\n", int.MaxValue, trailers), Is.EqualTo("xy"));
            Assert.That(Read($"{two}ee\r\ny", int.MaxValue, trailers), Is.EqualTo("x!ChunkExtensionTooLong"));
            Assert.That(
                Read($"100{Extension256}\r\n{content}\r\n100{Extension256}\r\n{content}\r\n0\r\n\r\n", int.MaxValue, trailers),
                Is.EqualTo(content + content),
                "content makes room for the next extension");
            Assert.That(MessageFaults.StatusOf(MessageFault.ChunkExtensionTooLong), Is.EqualTo(400));
        }
    }

    [Test]
    public void The_largest_chunk_has_63_bits()
    {
        var reader = new BodyReader(BodyFraming.Chunked, null, HeadLimits.Request);
        var part = reader.Read(WireText.Bytes("7fffffffffffffff\r\nabc"), new FieldTable());
        Assert.That(part, Is.EqualTo(new BodyPart(BodyPartKind.Data, 18, 3)));
    }

    [Test]
    public void Trailers_come_with_the_end_without_those_that_belong_to_a_head()
    {
        const string Section = "X-Sum: 7\r\ngrpc-status: 0\r\n"
            + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nHost: b\r\nConnection: close\r\nTE: trailers\r\nUpgrade: x\r\n"
            + "Trailer: X\r\nKeep-Alive: timeout=1\r\nExpect: 100-continue\r\nMax-Forwards: 1\r\nVia: 1.1 x\r\n"
            + "X-Forwarded-For: 1.2.3.4\r\nForwarded: for=a\r\nX-Forwarded-Client-Cert: a\r\nClient-Cert: a\r\nX-Real-IP: a\r\n"
            + "Content_Length: 1\r\ntransfer_encoding: x\r\ngatewaymesh_source: web\r\n"
            + "GatewayMesh-Source: web\r\ngatewaymesh-unknown: 1\r\nx-last:\r\n";
        foreach (var step in (int[])[1, 7, int.MaxValue])
        {
            var trailers = new FieldTable();
            trailers.Add("old", "1");
            Assert.That(Read("0\r\n" + Section + "\r\n", step, trailers), Is.Empty);
            Assert.That(WireText.Lines(trailers), Is.EqualTo(["X-Sum: 7", "grpc-status: 0", "x-last: "]));
        }
    }

    [Test]
    public void Trailers_have_the_limits_of_fields()
    {
        var trailers = new FieldTable();
        var many = string.Concat(Enumerable.Range(0, 100).Select(i => $"x-{i}: 1\r\n"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Read($"0\r\n{many}\r\n", int.MaxValue, trailers), Is.Empty);
            Assert.That(Read($"0\r\n{many}y: 1\r\n\r\n", int.MaxValue, trailers), Is.EqualTo("!TooManyFields"));
            Assert.That(Read($"0\r\nX: {new string('v', 32 * 1024)}", 1000, trailers), Is.EqualTo("!FieldsTooLarge"));
            Assert.That(MessageFaults.StatusOf(MessageFault.FieldsTooLarge), Is.EqualTo(431));
        }
    }

    [Test]
    public void Content_of_known_length_ends_with_its_last_byte()
    {
        var reader = new BodyReader(BodyFraming.Length, 5, HeadLimits.Request);
        var trailers = new FieldTable();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reader.Read([], trailers), Is.EqualTo(new BodyPart(BodyPartKind.NeedMore, 0)));
            Assert.That(reader.Read("hel"u8, trailers), Is.EqualTo(new BodyPart(BodyPartKind.Data, 0, 3)));
            Assert.That(reader.IsComplete, Is.False);
            Assert.That(reader.Read("loGET /"u8, trailers), Is.EqualTo(new BodyPart(BodyPartKind.Data, 0, 2)));
            Assert.That(reader.IsComplete, Is.True);
            Assert.That(reader.Read("GET /"u8, trailers), Is.EqualTo(new BodyPart(BodyPartKind.End, 0)));
        }
    }

    [Test]
    public void Content_until_the_connection_closes_ends_when_the_caller_says_so()
    {
        var reader = new BodyReader(BodyFraming.UntilClose, null, HeadLimits.Response);
        var trailers = new FieldTable();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reader.Read("abc"u8, trailers), Is.EqualTo(new BodyPart(BodyPartKind.Data, 0, 3)));
            Assert.That(reader.Read([], trailers), Is.EqualTo(new BodyPart(BodyPartKind.NeedMore, 0)));
            Assert.That(reader.IsComplete, Is.False);
            reader.Close();
            Assert.That(reader.IsComplete, Is.True);
            Assert.That(reader.Read([], trailers), Is.EqualTo(new BodyPart(BodyPartKind.End, 0)));
        }
    }

    [Test]
    public void A_message_without_content_ends_at_once()
    {
        var reader = new BodyReader(BodyFraming.None, null, HeadLimits.Request);
        Assert.That(reader.Read("GET /"u8, new FieldTable()), Is.EqualTo(new BodyPart(BodyPartKind.End, 0)));
    }

    // The content, then the fault if there is one. Every complete content ends the same way again, and consumes nothing behind its end.
    private static string Read(string content, int step, FieldTable trailers)
    {
        var bytes = WireText.Bytes(content);
        var reader = new BodyReader(BodyFraming.Chunked, null, HeadLimits.Request);
        var text = "";
        var (at, end) = (0, Math.Min(step, bytes.Length));
        while (true)
        {
            var part = reader.Read(bytes.AsSpan(at, end - at), trailers);
            text += WireText.Text(bytes.AsSpan(at + part.Skip, part.Length));
            at += part.Consumed;
            switch (part.Kind)
            {
                case BodyPartKind.End:
                    Assert.That(reader.IsComplete, Is.True);
                    Assert.That(content[at..], Is.EqualTo("").Or.EqualTo("GET /"));
                    return text;
                case BodyPartKind.Fault:
                    Assert.That(reader.Read([], trailers).Kind, Is.EqualTo(BodyPartKind.Fault), "a fault stays");
                    return $"{text}!{reader.Fault}";
                case BodyPartKind.NeedMore:
                    Assert.That(end, Is.LessThan(bytes.Length), "the content is incomplete");
                    end = (int)Math.Min((long)end + step, bytes.Length);
                    break;
            }
        }
    }
}
