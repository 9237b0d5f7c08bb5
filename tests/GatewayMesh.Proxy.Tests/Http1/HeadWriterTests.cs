using System.Buffers;
using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Http1;

public sealed class HeadWriterTests
{
    [Test]
    public void A_request_head_is_copied_byte_for_byte()
    {
        const string Text = "dElete /a?%20 HTTP/1.1\r\nhOST: a\r\nX-B: v \u00E9\tw\r\nEmpty: \r\n\r\n";
        Assert.That(WireText.Text(Copy(WireText.Head(Text))), Is.EqualTo(Text));
    }

    // Heads of every shape; copying one gives the same bytes, apart from whitespace around values, which is no part of them.
    [Test]
    public void Ten_thousand_heads_are_copied_byte_for_byte()
    {
        var random = new Random(11);
        for (var round = 0; round < 10_000; round++)
        {
            var text = RandomHead.Write(random);
            Assert.That(WireText.Text(Copy(WireText.Head(text))), Is.EqualTo(text));
        }
    }

    [Test]
    public void Strings_bytes_and_numbers_are_written_alike()
    {
        var writer = new HeadWriter(stackalloc byte[1024]);
        writer.RequestLine("GET", "/a");
        writer.Add("Host", "a");
        writer.Add("X", "1.1 é".AsSpan());
        writer.Copy("Y"u8, "2"u8);
        writer.Add("Content-Length", long.MaxValue);
        writer.EndHead();
        Assert.That(writer.IsOverflow, Is.False);
        var output = new ArrayBufferWriter<byte>();
        Write(output);
        Assert.That(
            WireText.Text(output.WrittenSpan),
            Is.EqualTo("GET /a HTTP/1.1\r\nHost: a\r\nX: 1.1 \u00E9\r\nY: 2\r\nContent-Length: 9223372036854775807\r\n\r\n"));
        Assert.That(writer.Complete(), Is.EqualTo(output.WrittenCount));

        static void Write(ArrayBufferWriter<byte> output)
        {
            var writer = new HeadWriter(output);
            writer.RequestLine("GET"u8, "/a"u8);
            writer.Add("Host", "a");
            writer.Add("X", "1.1 é".AsSpan());
            writer.Copy("Y"u8, "2"u8);
            writer.Add("Content-Length", long.MaxValue);
            writer.EndHead();
            writer.Complete();
        }
    }

    [TestCase(200, "OK", "HTTP/1.1 200 OK\r\n\r\n")]
    [TestCase(599, "", "HTTP/1.1 599 \r\n\r\n")]
    public void A_status_line_keeps_its_reason(int status, string reason, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new HeadWriter(output);
        writer.StatusLine(status, WireText.Bytes(reason));
        writer.EndHead();
        writer.Complete();
        Assert.That(WireText.Text(output.WrittenSpan), Is.EqualTo(expected));
    }

    [Test]
    public void Chunks_end_with_trailers()
    {
        var trailers = new FieldTable();
        trailers.Add("X-Sum", "7");
        var output = new ArrayBufferWriter<byte>();
        var writer = new HeadWriter(output);
        writer.BeginChunk(0x1F);
        writer.EndChunk();
        writer.LastChunk();
        foreach (var line in trailers.Lines)
        {
            writer.Copy(line);
        }

        writer.EndHead();
        writer.Complete();
        Assert.That(WireText.Text(output.WrittenSpan), Is.EqualTo("1f\r\n\r\n0\r\nX-Sum: 7\r\n\r\n"));
    }

    [Test]
    public void An_empty_chunk_would_end_the_content() =>
        Assert.Throws<ArgumentOutOfRangeException>(static () => new HeadWriter(new byte[100]).BeginChunk(0));

    [TestCase("a\rb")]
    [TestCase("a\nb")]
    [TestCase("a\r\nX: 1")]
    [TestCase("a\0")]
    [TestCase("a\u007F")]
    [TestCase("a\u001B")]
    [TestCase("a\u010A")]
    [TestCase("a\u2028")]
    public void No_text_ends_a_line(string text)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.Throws<InvalidDataException>(() => new HeadWriter(new byte[100]).Add("X", text));
            Assert.Throws<InvalidDataException>(() => new HeadWriter(new byte[100]).Add(text, "1"));
            Assert.Throws<InvalidDataException>(() => new HeadWriter(new byte[100]).Add(text, 1));
            Assert.Throws<InvalidDataException>(() => new HeadWriter(new byte[100]).RequestLine("GET", text));
            Assert.Throws<InvalidDataException>(() => new HeadWriter(new byte[100]).RequestLine(text, "/"));
            Assert.Throws<InvalidDataException>(() => CopyOf(table => table.Add("X", text)));
            Assert.Throws<InvalidDataException>(() => CopyOf(table => table.Add("X", text.AsSpan())));
        }

        static void CopyOf(Action<FieldTable> fill)
        {
            var table = new FieldTable();
            fill(table);
            var writer = new HeadWriter(new byte[100]);
            foreach (var line in table.Lines)
            {
                writer.Copy(line);
            }
        }
    }

    [Test]
    public void A_span_that_is_too_short_is_noticed_at_every_length()
    {
        var head = WireText.Head("GET /a HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n");
        var expected = Copy(head).Length;
        for (var length = 0; length <= expected; length++)
        {
            var writer = new HeadWriter(new byte[length]);
            Fill(ref writer, head);
            Assert.That(writer.IsOverflow, Is.EqualTo(length < expected));
        }
    }

    [Test]
    public void An_output_may_hand_out_any_span()
    {
        var head = WireText.Head("GET /a HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n");
        var output = new SmallSpans();
        var writer = new HeadWriter(output);
        Fill(ref writer, head);
        writer.Complete();
        Assert.That(output.Written.ToArray(), Is.EqualTo(Copy(head)));
    }

    private static byte[] Copy(RequestHead head)
    {
        var target = new byte[64 * 1024];
        var writer = new HeadWriter(target);
        Fill(ref writer, head);
        Assert.That(writer.IsOverflow, Is.False);
        return target[..writer.Complete()];
    }

    private static void Fill(ref HeadWriter writer, RequestHead head)
    {
        writer.RequestLine(head.MethodBytes, head.TargetBytes);
        foreach (var line in head.Fields.Lines)
        {
            writer.Copy(line);
        }

        writer.EndHead();
    }

    /// <summary>Hands out spans of the length asked for, and no more.</summary>
    private sealed class SmallSpans : IBufferWriter<byte>
    {
        private byte[] _current = [];

        public List<byte> Written { get; } = [];

        public void Advance(int count) => Written.AddRange(_current.AsSpan(0, count));

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

        public Span<byte> GetSpan(int sizeHint = 0) => _current = new byte[Math.Max(1, sizeHint)];
    }
}
