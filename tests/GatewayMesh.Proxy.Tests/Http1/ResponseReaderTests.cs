using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Http1;

public sealed class ResponseReaderTests
{
    [TestCase("HTTP/1.1 200 OK", 200, "OK", MessageVersion.Http11)]
    [TestCase("HTTP/1.0 404 Not  Found\t\u00E9 ", 404, "Not  Found\t\u00E9 ", MessageVersion.Http10)]
    [TestCase("HTTP/1.1 299 ", 299, "", MessageVersion.Http11)]
    [TestCase("HTTP/1.1 599", 599, "", MessageVersion.Http11)]
    [TestCase("HTTP/1.3 100 x", 100, "x", MessageVersion.Http11)]
    public void A_status_line_is_version_status_and_reason(string line, int status, string reason, object version)
    {
        var head = Head(line + "\r\nX: 1\r\n\r\n");
        Assert.That(
            (head.Status, WireText.Text(head.ReasonBytes), head.Version), Is.EqualTo((status, reason, (MessageVersion)version)));
        Assert.That(WireText.Lines(head.Fields), Is.EqualTo(["X: 1"]));
    }

    [TestCase("HTTP/1.1 20", nameof(MessageFault.StatusLine))]
    [TestCase("HTTP/1.1 2000", nameof(MessageFault.StatusLine))]
    [TestCase("HTTP/1.1 200OK", nameof(MessageFault.StatusLine))]
    [TestCase("HTTP/1.1 +20 OK", nameof(MessageFault.StatusLine))]
    [TestCase("HTTP/1.1  200 OK", nameof(MessageFault.StatusLine))]
    [TestCase("HTTP/1.1\t200 OK", nameof(MessageFault.StatusLine))]
    [TestCase("http/1.1 200 OK", nameof(MessageFault.StatusLine))]
    [TestCase("HTTP/2.0 200 OK", nameof(MessageFault.StatusLine))]
    [TestCase("HTTP/1.1200 OK  ", nameof(MessageFault.StatusLine))]
    [TestCase("ICY 200 OK", nameof(MessageFault.StatusLine))]
    [TestCase("", nameof(MessageFault.StatusLine))]
    [TestCase("HTTP/1.1 099 OK", nameof(MessageFault.Status))]
    [TestCase("HTTP/1.1 600 OK", nameof(MessageFault.Status))]
    [TestCase("HTTP/1.1 000 OK", nameof(MessageFault.Status))]
    [TestCase("HTTP/1.1 200 OK\n", nameof(MessageFault.BareLineFeed))]
    [TestCase("HTTP/1.1 200 O\0K", nameof(MessageFault.ControlCharacter))]
    [TestCase("HTTP/1.1 200 O\rK", nameof(MessageFault.BareCarriageReturn))]
    [TestCase("HTTP/1.1 101 Switching Protocols", nameof(MessageFault.SwitchNotAsked))]
    [TestCase("HTTP/1.1 200 OK\r\nX: a\r\n b", nameof(MessageFault.FoldedLine))]
    [TestCase("HTTP/1.1 200 OK\r\nX : a", nameof(MessageFault.BlankBeforeColon))]
    [TestCase("HTTP/1.1 200 OK\r\nX a", nameof(MessageFault.FieldName))]
    [TestCase("HTTP/1.1 200 OK\r\nX: a\u0001", nameof(MessageFault.ControlCharacter))]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: -5", nameof(MessageFault.Length))]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 5, 5", nameof(MessageFault.Length))]
    [TestCase("HTTP/1.1 304 x\r\nContent-Length: x", nameof(MessageFault.Length))]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6", nameof(MessageFault.LengthsDiffer))]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", nameof(MessageFault.LengthAndCoding))]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip", nameof(MessageFault.CodingNotChunked))]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked", nameof(MessageFault.CodingUnknown))]
    [TestCase("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked", nameof(MessageFault.CodingInHttp10))]
    public void A_refused_response(string head, string fault)
    {
        var bytes = WireText.Bytes(head + "\r\n\r\n");
        var whole = Reader();
        var slow = Reader();
        var progress = HeadProgress.NeedMore;
        var slowHead = new ResponseHead();
        for (var length = 1; length <= bytes.Length && progress == HeadProgress.NeedMore; length++)
        {
            progress = slow.Read(bytes.AsSpan(0, length), slowHead);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(whole.Read(bytes, new ResponseHead()), Is.EqualTo(HeadProgress.Fault));
            Assert.That(whole.Read(bytes, new ResponseHead()), Is.EqualTo(HeadProgress.Fault), "a fault stays");
            Assert.That((whole.Fault.ToString(), slow.Fault.ToString(), progress), Is.EqualTo((fault, fault, HeadProgress.Fault)));
        }
    }

    [TestCase("200", "X: 1", false, BodyFraming.UntilClose, null)]
    [TestCase("200", "Content-Length: 5", false, BodyFraming.Length, 5L)]
    [TestCase("200", "Content-Length: 5\r\nContent-Length: 5", false, BodyFraming.Length, 5L)]
    [TestCase("200", "Content-Length: 0", false, BodyFraming.None, 0L)]
    [TestCase("200", "Transfer-Encoding: chunked", false, BodyFraming.Chunked, null)]
    [TestCase("205", "Content-Length: 5", false, BodyFraming.Length, 5L)]
    [TestCase("200", "Content-Length: 5", true, BodyFraming.None, 5L)]
    [TestCase("200", "Transfer-Encoding: chunked", true, BodyFraming.None, null)]
    [TestCase("200", "X: 1", true, BodyFraming.None, null)]
    [TestCase("304", "Content-Length: 5", false, BodyFraming.None, 5L)]
    [TestCase("304", "Transfer-Encoding: gzip", false, BodyFraming.None, null)]
    [TestCase("204", "Content-Length: 5", false, BodyFraming.None, null)]
    [TestCase("204", "Content-Length: x\r\nTransfer-Encoding: x", false, BodyFraming.None, null)]
    [TestCase("103", "Content-Length: 5", false, BodyFraming.None, null)]
    public void Framing_follows_method_status_and_fields(string status, string fields, bool isHead, object framing, long? length)
    {
        var head = Head($"HTTP/1.1 {status} x\r\n{fields}\r\n\r\n", isHead);
        Assert.That((head.Framing, head.ContentLength), Is.EqualTo(((BodyFraming)framing, length)));
    }

    [TestCase("HTTP/1.1 200 x\r\nContent-Length: 5", true)]
    [TestCase("HTTP/1.1 200 x\r\nContent-Length: 5\r\nConnection: close", false)]
    [TestCase("HTTP/1.1 200 x\r\nX: 1", false)]
    [TestCase("HTTP/1.1 204 x\r\nX: 1", true)]
    [TestCase("HTTP/1.1 101 x\r\nConnection: upgrade", false)]
    [TestCase("HTTP/1.0 200 x\r\nContent-Length: 5", false)]
    [TestCase("HTTP/1.0 200 x\r\nContent-Length: 5\r\nConnection: keep-alive", true)]
    [TestCase("HTTP/1.0 200 x\r\nConnection: keep-alive", false)]
    public void A_connection_of_HTTP_1_0_is_kept_only_when_its_server_said_so(string head, bool expected) =>
        Assert.That(Head(head + "\r\n\r\n", mayUpgrade: true).KeepsAlive, Is.EqualTo(expected));

    [TestCase("timeout=5", 5)]
    [TestCase("max=100, Timeout = 15", 15)]
    [TestCase("timeout=\"5\"", 5)]
    [TestCase("timeout=0", 0)]
    [TestCase("timeout=99999999", 86400)]
    [TestCase("timeout=x", null)]
    [TestCase("timeout=5s", null)]
    [TestCase("timeout=", null)]
    [TestCase("timeout=99999999999", null)]
    [TestCase("max=100", null)]
    public void A_server_announces_when_it_closes_an_idle_connection(string value, int? seconds) =>
        Assert.That(Head($"HTTP/1.1 204 x\r\nKeep-Alive: {value}\r\n\r\n").IdleTimeout?.TotalSeconds, Is.EqualTo(seconds));

    [Test]
    public void Interim_responses_come_before_the_final_one()
    {
        var bytes = WireText.Bytes(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        var reader = Reader();
        var head = new ResponseHead();
        var at = 0;
        var seen = new List<string>();
        do
        {
            Assert.That(reader.Read(bytes.AsSpan(at), head), Is.EqualTo(HeadProgress.Head));
            at += reader.Consumed;
            seen.Add($"{head.Status} {string.Join(',', WireText.Lines(head.Fields))}");
        }
        while (head.IsInterim);

        Assert.That(seen, Is.EqualTo(["100 ", "103 Link: a", "200 Content-Length: 2"]));
        Assert.That(bytes.Length - at, Is.EqualTo(2));
    }

    [Test]
    public void A_switch_of_protocols_answers_a_request_for_it()
    {
        var head = Head("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", mayUpgrade: true);
        Assert.That((head.IsInterim, head.Framing), Is.EqualTo((false, BodyFraming.None)));
    }

    [TestCase(0, true)]
    [TestCase(1, false)]
    public void A_head_has_64_KiB(int over, bool isRead)
    {
        var value = new string('v', (64 * 1024) - "HTTP/1.1 204 x\r\nX: \r\n".Length + over);
        var reader = Reader();
        var progress = reader.Read(WireText.Bytes($"HTTP/1.1 204 x\r\nX: {value}\r\n\r\n"), new ResponseHead());
        Assert.That(
            (progress, reader.Fault),
            Is.EqualTo(isRead ? (HeadProgress.Head, MessageFault.None) : (HeadProgress.Fault, MessageFault.FieldsTooLarge)));
    }

    private static ResponseReader Reader()
    {
        var reader = new ResponseReader(HeadLimits.Response);
        reader.Start(isHead: false, mayUpgrade: false);
        return reader;
    }

    private static ResponseHead Head(string text, bool isHead = false, bool mayUpgrade = false)
    {
        var reader = Reader();
        reader.Start(isHead, mayUpgrade);
        var head = new ResponseHead();
        Assert.That(reader.Read(WireText.Bytes(text), head), Is.EqualTo(HeadProgress.Head), () => reader.Fault.ToString());
        Assert.That(reader.Consumed, Is.EqualTo(text.Length));
        return head;
    }
}
