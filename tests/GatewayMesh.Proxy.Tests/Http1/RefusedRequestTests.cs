using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Http1;

/// <summary>Each line of the design's list of refused requests, with the bytes in it.</summary>
public sealed class RefusedRequestTests
{
    private const string End = "\r\nHost: a\r\n\r\n";

    [TestCase("\r\n\r\nGET / HTTP/1.1", nameof(MessageFault.BlankLines), 400)]
    [TestCase("G@T / HTTP/1.1", nameof(MessageFault.Method), 400)]
    [TestCase("G\u00C4T / HTTP/1.1", nameof(MessageFault.Method), 400)]
    [TestCase(" GET / HTTP/1.1", nameof(MessageFault.Method), 400)]
    [TestCase("\tGET / HTTP/1.1", nameof(MessageFault.Method), 400)]
    [TestCase("GET", nameof(MessageFault.RequestLine), 400)]
    [TestCase("GET:", nameof(MessageFault.Method), 400)]
    [TestCase("GET ", nameof(MessageFault.RequestLine), 400)]
    [TestCase("GET /", nameof(MessageFault.RequestLine), 400)]
    [TestCase("GET  HTTP/1.1", nameof(MessageFault.RequestLine), 400)]
    [TestCase("GET  / HTTP/1.1", nameof(MessageFault.RequestLine), 400)]
    [TestCase("GET /  HTTP/1.1", nameof(MessageFault.RequestLine), 400)]
    [TestCase("GET / HTTP/1.1 ", nameof(MessageFault.Version), 400)]
    [TestCase("GET\t/\tHTTP/1.1", nameof(MessageFault.Method), 400)]
    [TestCase("GET /a b HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("GET /a\tb HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("GET /\u00E9 HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("GET /a#b HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("GET a HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("GET a:80 HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("GET * HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("OPTIONS ** HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("GET http:// HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("GET http:///a HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("GET http://u@a/ HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("GET http://a:b/ HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("GET ftp://a/ HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("GET http:/a HTTP/1.1", nameof(MessageFault.Target), 400)]
    [TestCase("GET / http/1.1", nameof(MessageFault.Version), 400)]
    [TestCase("GET / HTTP/1", nameof(MessageFault.Version), 400)]
    [TestCase("GET / HTTP/1.10", nameof(MessageFault.Version), 400)]
    [TestCase("GET / HTTP/x.1", nameof(MessageFault.Version), 400)]
    [TestCase("GET / HTTP/1,1", nameof(MessageFault.Version), 400)]
    [TestCase("GET / HTTPS/1.1", nameof(MessageFault.Version), 400)]
    [TestCase("GET / HTTP/0.9", nameof(MessageFault.VersionNotSupported), 505)]
    [TestCase("GET / HTTP/2.0", nameof(MessageFault.VersionNotSupported), 505)]
    [TestCase("PRI * HTTP/2.0", nameof(MessageFault.VersionNotSupported), 505)]
    [TestCase("CONNECT a:443 HTTP/1.1", nameof(MessageFault.Connect), 405)]
    [TestCase("CONNECT / HTTP/1.1", nameof(MessageFault.Connect), 405)]
    [TestCase("GET / HTTP/1.1\n", nameof(MessageFault.BareLineFeed), 400)]
    [TestCase("GET /\n HTTP/1.1", nameof(MessageFault.BareLineFeed), 400)]
    [TestCase("GET /\r HTTP/1.1", nameof(MessageFault.BareCarriageReturn), 400)]
    [TestCase("GET / HTTP/1.1\r", nameof(MessageFault.BareCarriageReturn), 400)]
    [TestCase("GET /\0 HTTP/1.1", nameof(MessageFault.ControlCharacter), 400)]
    [TestCase("GET /\u007F HTTP/1.1", nameof(MessageFault.ControlCharacter), 400)]
    [TestCase("\u0016\u0003\u0001", nameof(MessageFault.ControlCharacter), 400)]
    public void A_request_line(string line, string fault, int status) => Check(line + End, fault, status);

    [TestCase("X: 1\nY: 2", nameof(MessageFault.BareLineFeed), 400)]
    [TestCase("X: 1\rY: 2", nameof(MessageFault.BareCarriageReturn), 400)]
    [TestCase("X: 1\r\r\nY: 2", nameof(MessageFault.BareCarriageReturn), 400)]
    [TestCase("X: \0", nameof(MessageFault.ControlCharacter), 400)]
    [TestCase("X: a\u0001b", nameof(MessageFault.ControlCharacter), 400)]
    [TestCase("X: a\u000Bb", nameof(MessageFault.ControlCharacter), 400)]
    [TestCase("X: a\u001Bb", nameof(MessageFault.ControlCharacter), 400)]
    [TestCase("X: a\u007Fb", nameof(MessageFault.ControlCharacter), 400)]
    [TestCase("X\0: a", nameof(MessageFault.ControlCharacter), 400)]
    [TestCase("X", nameof(MessageFault.FieldName), 400)]
    [TestCase(": a", nameof(MessageFault.FieldName), 400)]
    [TestCase("X Y: a", nameof(MessageFault.FieldName), 400)]
    [TestCase("X(Y: a", nameof(MessageFault.FieldName), 400)]
    [TestCase("X\u00E9: a", nameof(MessageFault.FieldName), 400)]
    [TestCase("\"X\": a", nameof(MessageFault.FieldName), 400)]
    [TestCase("X : a", nameof(MessageFault.BlankBeforeColon), 400)]
    [TestCase("X\t: a", nameof(MessageFault.BlankBeforeColon), 400)]
    [TestCase("Content-Length : 5", nameof(MessageFault.BlankBeforeColon), 400)]
    [TestCase("X: a\r\n b", nameof(MessageFault.FoldedLine), 400)]
    [TestCase("X: a\r\n\tb", nameof(MessageFault.FoldedLine), 400)]
    [TestCase("X: a\r\n ", nameof(MessageFault.FoldedLine), 400)]
    [TestCase(" X: a", nameof(MessageFault.FoldedLine), 400)]
    [TestCase("Content_Length: 5", nameof(MessageFault.UnderscoreName), 400)]
    [TestCase("content_length: 5", nameof(MessageFault.UnderscoreName), 400)]
    [TestCase("Transfer_Encoding: chunked", nameof(MessageFault.UnderscoreName), 400)]
    [TestCase("gatewaymesh_source: web", nameof(MessageFault.UnderscoreName), 400)]
    [TestCase("GatewayMesh_timeout_ms: 1", nameof(MessageFault.UnderscoreName), 400)]
    [TestCase("gatewaymesh-timeout_ms: 1", nameof(MessageFault.UnderscoreName), 400)]
    public void A_field_line(string fields, string fault, int status) => Check(WireText.Request(fields), fault, status);

    [TestCase("", nameof(MessageFault.HostMissing))]
    [TestCase("X: a\r\n", nameof(MessageFault.HostMissing))]
    [TestCase("Host: a\r\nHost: a\r\n", nameof(MessageFault.HostRepeated))]
    [TestCase("Host: a\r\nhost: b\r\n", nameof(MessageFault.HostRepeated))]
    [TestCase("Host:\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: \t \r\n", nameof(MessageFault.Host))]
    [TestCase("Host: a b\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: a/b\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: a,b c\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: u@a\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: a:b\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: a:65536\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: a:80:80\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: :80\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: a%\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: a%2\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: a%2g\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: [::1\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: [::1]a\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: [::1%25eth0]\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: [1.2.3.4]\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: [:::]\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: ::1\r\n", nameof(MessageFault.Host))]
    [TestCase("Host: \u00E9\r\n", nameof(MessageFault.Host))]
    public void A_host(string fields, string fault) => Check("GET / HTTP/1.1\r\n" + fields + "\r\n", fault, 400);

    [TestCase("Content-Length: ", nameof(MessageFault.Length), 400)]
    [TestCase("Content-Length: +5", nameof(MessageFault.Length), 400)]
    [TestCase("Content-Length: -1", nameof(MessageFault.Length), 400)]
    [TestCase("Content-Length: 5a", nameof(MessageFault.Length), 400)]
    [TestCase("Content-Length: 0x5", nameof(MessageFault.Length), 400)]
    [TestCase("Content-Length: 5 5", nameof(MessageFault.Length), 400)]
    [TestCase("Content-Length: 5, 5", nameof(MessageFault.Length), 400)]
    [TestCase("Content-Length: \"5\"", nameof(MessageFault.Length), 400)]
    [TestCase("Content-Length: 1.0", nameof(MessageFault.Length), 400)]
    [TestCase("Content-Length: 9223372036854775808", nameof(MessageFault.Length), 400)]
    [TestCase("Content-Length: 18446744073709551621", nameof(MessageFault.Length), 400)]
    [TestCase("Content-Length: 5\r\nContent-Length: 6", nameof(MessageFault.LengthsDiffer), 400)]
    [TestCase("Content-Length: 5\r\nX: 1\r\ncontent-length: 0", nameof(MessageFault.LengthsDiffer), 400)]
    [TestCase("Content-Length: 5\r\nTransfer-Encoding: chunked", nameof(MessageFault.LengthAndCoding), 400)]
    [TestCase("Transfer-Encoding: chunked\r\nContent-Length: 5", nameof(MessageFault.LengthAndCoding), 400)]
    [TestCase("Transfer-Encoding: chunked\r\nContent-Length: 0", nameof(MessageFault.LengthAndCoding), 400)]
    [TestCase("Transfer-Encoding:", nameof(MessageFault.CodingNotChunked), 400)]
    [TestCase("Transfer-Encoding: gzip", nameof(MessageFault.CodingNotChunked), 400)]
    [TestCase("Transfer-Encoding: identity", nameof(MessageFault.CodingNotChunked), 400)]
    [TestCase("Transfer-Encoding: chunked, gzip", nameof(MessageFault.CodingNotChunked), 400)]
    [TestCase("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", nameof(MessageFault.CodingNotChunked), 400)]
    [TestCase("Transfer-Encoding: chunked, chunked", nameof(MessageFault.CodingNotChunked), 400)]
    [TestCase("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", nameof(MessageFault.CodingNotChunked), 400)]
    [TestCase("Transfer-Encoding: xchunked", nameof(MessageFault.CodingNotChunked), 400)]
    [TestCase("Transfer-Encoding: chunked;q=1", nameof(MessageFault.CodingNotChunked), 400)]
    [TestCase("Transfer-Encoding: \u000Bchunked", nameof(MessageFault.ControlCharacter), 400)]
    [TestCase("Transfer-Encoding: gzip, chunked", nameof(MessageFault.CodingUnknown), 501)]
    [TestCase("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", nameof(MessageFault.CodingUnknown), 501)]
    [TestCase("Expect: 200-ok", nameof(MessageFault.Expectation), 417)]
    [TestCase("Expect:", nameof(MessageFault.Expectation), 417)]
    [TestCase("Expect: 100-continue, x", nameof(MessageFault.Expectation), 417)]
    public void A_framing_or_an_expectation(string fields, string fault, int status) => Check(WireText.Request(fields), fault, status);

    [TestCase("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", nameof(MessageFault.CodingInHttp10))]
    [TestCase("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", nameof(MessageFault.CodingInHttp10))]
    [TestCase("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", nameof(MessageFault.HostRepeated))]
    public void A_request_of_HTTP_1_0(string request, string fault) => Check(request, fault, 400);

    [Test]
    public void A_refused_request_shows_what_was_read_before()
    {
        var head = new RequestHead();
        var reader = new RequestReader(HeadLimits.Request);
        Assert.That(
            reader.Read(WireText.Bytes("GET /a HTTP/1.1\r\nHost: a\r\nX-Request-Id: 7\r\nY : 1\r\n\r\n"), head),
            Is.EqualTo(HeadProgress.Fault));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((head.Method, head.Target), Is.EqualTo(("GET", "/a")));
            Assert.That(WireText.Lines(head.Fields), Is.EqualTo(["Host: a", "X-Request-Id: 7"]));
        }
    }

    [Test]
    public void Every_fault_has_a_text() =>
        Assert.That(Enum.GetValues<MessageFault>().Skip(1).Select(MessageFaults.TextOf), Has.All.Not.Empty);

    private static void Check(string request, string fault, int status)
    {
        var found = WireText.FaultOf(request);
        Assert.That((found.ToString(), MessageFaults.StatusOf(found)), Is.EqualTo((fault, status)));
    }
}
