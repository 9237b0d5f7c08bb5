using System.Text;
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

    [Test]
    public void A_character_that_no_line_may_have_is_refused_at_every_position_of_a_text([Values(1, 7, 8, 9, 16, 21)] int length)
    {
        foreach (var character in "\0\n\r\u001F\u007F\u0100\uFF0A")
        {
            for (var at = 0; at < length; at++)
            {
                var text = new string('x', at) + character + new string('x', length - at - 1);
                Assert.That(() => Line(text), Throws.TypeOf<InvalidDataException>(), $"U+{(int)character:X4} at {at}");
            }
        }
    }

    [Test]
    public void Every_other_character_of_Latin_1_is_one_byte_at_every_position_of_a_text([Values(0, 1, 7, 8, 9, 16, 21)] int length)
    {
        var allowed = Enumerable.Range(0, 256).Where(b => b is '\t' or (>= ' ' and not 0x7F)).ToArray();
        for (var first = 0; first < allowed.Length; first++)
        {
            var text = string.Concat(Enumerable.Range(first, length).Select(i => (char)allowed[i % allowed.Length]));
            Assert.That(Line(text), Is.EqualTo($"name: {text}\r\n"));
        }
    }

    private static string Line(string value)
    {
        var writer = new HeadWriter(new byte[64]);
        writer.Add("name", value);
        var bytes = new ArrayBufferWriter<byte>();
        var copy = new HeadWriter(bytes);
        copy.Add("name", value);
        copy.Complete();
        Assert.That(bytes.WrittenCount, Is.EqualTo(writer.Written));
        return Encoding.Latin1.GetString(bytes.WrittenSpan);
    }
}
