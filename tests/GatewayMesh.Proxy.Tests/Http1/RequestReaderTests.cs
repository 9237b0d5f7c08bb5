using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Http1;

public sealed class RequestReaderTests
{
    [Test]
    public void A_head_keeps_every_byte()
    {
        const string Text = "dElete /a%20B?c=%7E&d='\"<>[]{}|\\^` HTTP/1.1\r\nhOST: a\r\nX-B:\t v \u00E9\tw \t\r\nEmpty:\r\nX-b:2\r\n\r\n";
        var head = WireText.Head(Text);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(head.Method, Is.EqualTo("dElete"));
            Assert.That(head.Target, Is.EqualTo("/a%20B?c=%7E&d='\"<>[]{}|\\^`"));
            Assert.That(WireText.Lines(head.Fields), Is.EqualTo(["hOST: a", "X-B: v \u00E9\tw", "Empty: ", "X-b: 2"]));
            Assert.That(WireText.Text(head.Fields.Bytes), Is.EqualTo(Text));
            Assert.That(WireText.Text(head.MethodBytes), Is.EqualTo("dElete"));
            Assert.That(head.Host.ToString(), Is.EqualTo("a"));
        }
    }

    [TestCase("GET / HTTP/1.1", MessageVersion.Http11)]
    [TestCase("GET / HTTP/1.0", MessageVersion.Http10)]
    [TestCase("GET / HTTP/1.2", MessageVersion.Http11)]
    [TestCase("\r\nGET / HTTP/1.1", MessageVersion.Http11)]
    public void A_request_line_has_one_space_between_words(string line, object version)
    {
        var head = WireText.Head(line + "\r\nHost: a\r\n\r\n");
        Assert.That((head.Method, head.Target, head.Version), Is.EqualTo(("GET", "/", (MessageVersion)version)));
    }

    [TestCase("GET", "/", TargetForm.Origin)]
    [TestCase("GET", "//a/b", TargetForm.Origin)]
    [TestCase("GET", "/*", TargetForm.Origin)]
    [TestCase("GET", "http://b/c?d", TargetForm.Absolute)]
    [TestCase("GET", "HTTP://b", TargetForm.Absolute)]
    [TestCase("GET", "https://b:443?x", TargetForm.Absolute)]
    [TestCase("GET", "http://[::1]:80/", TargetForm.Absolute)]
    [TestCase("OPTIONS", "*", TargetForm.Asterisk)]
    public void A_target_has_one_of_three_forms(string method, string target, object form)
    {
        var head = WireText.Head($"{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.That((head.Target, head.Form), Is.EqualTo((target, (TargetForm)form)));
    }

    [TestCase("a", "a")]
    [TestCase("a:80", "a:80")]
    [TestCase("a:", "a")]
    [TestCase("a.b-c_d~:65535", "a.b-c_d~:65535")]
    [TestCase("%61!$&'()*+,;=", "%61!$&'()*+,;=")]
    [TestCase("10.0.0.1:8080", "10.0.0.1:8080")]
    [TestCase("[::1]", "[::1]")]
    [TestCase("[2001:DB8::1.2.3.4]:443", "[2001:DB8::1.2.3.4]:443")]
    public void A_host_is_an_authority_and_an_empty_port_is_none(string host, string expected) =>
        Assert.That(WireText.Head($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").Host.ToString(), Is.EqualTo(expected));

    [Test]
    public void HTTP_1_0_needs_no_host() => Assert.That(WireText.Head("GET / HTTP/1.0\r\n\r\n").Host.Count, Is.Zero);

    [TestCase("X: 1", BodyFraming.None, null)]
    [TestCase("Content-Length: 0", BodyFraming.None, 0L)]
    [TestCase("Content-Length: 17", BodyFraming.Length, 17L)]
    [TestCase("Content-Length: 017", BodyFraming.Length, 17L)]
    [TestCase("Content-Length: 9223372036854775807", BodyFraming.Length, long.MaxValue)]
    [TestCase("Transfer-Encoding: chunked", BodyFraming.Chunked, null)]
    [TestCase("transfer-encoding: CHUNKED", BodyFraming.Chunked, null)]
    [TestCase("Transfer-Encoding: , chunked ,", BodyFraming.Chunked, null)]
    public void Framing_is_decided_once(string field, object framing, long? length)
    {
        var head = WireText.Head(WireText.Request(field));
        Assert.That(
            (head.Framing, head.ContentLength, head.HasBody),
            Is.EqualTo(((BodyFraming)framing, length, (BodyFraming)framing != BodyFraming.None)));
    }

    [Test]
    public void A_length_that_is_repeated_goes_on_once() =>
        Assert.That(
            WireText.Lines(WireText.Head(WireText.Request("Content-Length: 5\r\nX: 1\r\nContent-Length: 5")).Fields),
            Is.EqualTo(["Host: a", "Content-Length: 5", "X: 1"]));

    [TestCase("1.1", "X: 1", true)]
    [TestCase("1.1", "Connection: close", false)]
    [TestCase("1.1", "Connection: X-A, Close", false)]
    [TestCase("1.1", "Connection: X-A\r\nConnection: close", false)]
    [TestCase("1.1", "Connection: closed", true)]
    [TestCase("1.1", "Connection: keep-alive, close", false)]
    [TestCase("1.0", "X: 1", false)]
    [TestCase("1.0", "Connection: keep-alive", true)]
    [TestCase("1.0", "Connection: Keep-Alive, X", true)]
    [TestCase("1.0", "Connection: keep-alive, close", false)]
    public void Keep_alive_follows_version_and_Connection(string version, string field, bool expected) =>
        Assert.That(WireText.Head($"GET / HTTP/{version}\r\nHost: a\r\n{field}\r\n\r\n").KeepsAlive, Is.EqualTo(expected));

    [TestCase("1.1", "Expect: 100-continue", true)]
    [TestCase("1.1", "expect: 100-Continue", true)]
    [TestCase("1.1", "X: 1", false)]
    [TestCase("1.0", "Expect: 100-continue", false)]
    public void A_client_may_wait_for_100(string version, string field, bool expected) =>
        Assert.That(WireText.Head($"PUT / HTTP/{version}\r\nHost: a\r\n{field}\r\n\r\n").ExpectsContinue, Is.EqualTo(expected));

    [Test]
    public void The_bytes_behind_a_head_are_not_consumed_and_the_next_head_follows()
    {
        const string First = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
        var bytes = WireText.Bytes(First + "GET /2 HTTP/1.1\r\nHost: b\r\n\r\n");
        var head = new RequestHead();
        var reader = new RequestReader(HeadLimits.Request);
        Assert.That(reader.Read(bytes, head), Is.EqualTo(HeadProgress.Head));
        Assert.That(reader.Consumed, Is.EqualTo(First.Length));
        Assert.That(reader.Read(bytes.AsSpan(First.Length), head), Is.EqualTo(HeadProgress.Head));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reader.Consumed, Is.EqualTo(bytes.Length - First.Length));
            Assert.That((head.Method, head.Target, head.Host.ToString()), Is.EqualTo(("GET", "/2", "b")));
            Assert.That((head.Framing, head.ContentLength), Is.EqualTo((BodyFraming.None, (long?)null)));
        }
    }

    [Test]
    public void A_head_outlives_the_buffer_that_it_was_received_in()
    {
        var bytes = WireText.Bytes(WireText.Request("X: 1"));
        var head = new RequestHead();
        new RequestReader(HeadLimits.Request).Read(bytes, head);
        bytes.AsSpan().Fill((byte)'!');
        Assert.That((head.Target, head.Fields["X"].ToString()), Is.EqualTo(("/", "1")));
    }

    // What was searched is spoiled after each step: whoever looked again would find a control character.
    [Test]
    public void A_head_that_arrives_byte_by_byte_is_searched_once()
    {
        var bytes = WireText.Bytes(WireText.Request("X: " + new string('x', 1000) + "\r\nY: 1"));
        var received = new byte[bytes.Length];
        var reader = new RequestReader(HeadLimits.Request);
        var head = new RequestHead();
        var line = 0;
        for (var length = 1; length < bytes.Length; length++)
        {
            bytes.AsSpan(line, length - line).CopyTo(received.AsSpan(line));
            Assert.That(reader.Read(received.AsSpan(0, length), head), Is.EqualTo(HeadProgress.NeedMore));
            line = bytes[length - 1] == '\n' ? length : line;
            var end = bytes[length - 1] == '\r' ? length - 1 : length; // a CR waits for its LF
            received.AsSpan(0, end).Clear();
        }

        bytes.AsSpan(line).CopyTo(received.AsSpan(line));
        Assert.That(reader.Read(received, head), Is.EqualTo(HeadProgress.Head));
    }

    [TestCase(0, nameof(MessageFault.None))]
    [TestCase(1, nameof(MessageFault.RequestLineTooLong))]
    [TestCase(8192, nameof(MessageFault.RequestLineTooLong))]
    public void A_request_line_has_a_limit(int over, string fault)
    {
        var target = new string('a', 8192 - "GET / HTTP/1.1\r\n".Length + over);
        Assert.That(WireText.FaultOf($"GET /{target} HTTP/1.1\r\nHost: a\r\n\r\n").ToString(), Is.EqualTo(fault));
    }

    [Test]
    public void A_method_without_end_is_refused_as_one() =>
        Assert.That(WireText.FaultOf(new string('A', 10_000)), Is.EqualTo(MessageFault.Method));

    [TestCase(100, nameof(MessageFault.None))]
    [TestCase(101, nameof(MessageFault.TooManyFields))]
    public void The_number_of_fields_has_a_limit(int count, string fault)
    {
        var fields = string.Concat(Enumerable.Range(1, count - 1).Select(i => $"x-{i}: 1\r\n"));
        Assert.That(WireText.FaultOf($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n").ToString(), Is.EqualTo(fault));
    }

    [TestCase(0, nameof(MessageFault.None))]
    [TestCase(1, nameof(MessageFault.FieldsTooLarge))]
    [TestCase(100_000, nameof(MessageFault.FieldsTooLarge))]
    public void The_size_of_the_fields_has_a_limit(int over, string fault)
    {
        var value = new string('v', (32 * 1024) - "Host: a\r\nX: \r\n".Length + over);
        Assert.That(WireText.FaultOf($"GET / HTTP/1.1\r\nHost: a\r\nX: {value}\r\n\r\n").ToString(), Is.EqualTo(fault));
    }

    [Test]
    public void Limits_are_parameters()
    {
        var limits = new HeadLimits(20, 2, 30);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(WireText.FaultOf("GET /1234 HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n", limits), Is.EqualTo(MessageFault.None));
            Assert.That(WireText.FaultOf("GET /12345 HTTP/1.1\r\nHost: a\r\n\r\n", limits), Is.EqualTo(MessageFault.RequestLineTooLong));
            Assert.That(
                WireText.FaultOf("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nY: 1\r\n\r\n", limits), Is.EqualTo(MessageFault.TooManyFields));
            Assert.That(
                WireText.FaultOf("GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('1', 17) + "\r\n\r\n", limits),
                Is.EqualTo(MessageFault.FieldsTooLarge));
        }
    }
}
