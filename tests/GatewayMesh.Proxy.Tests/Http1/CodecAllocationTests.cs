using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Http1;

/// <summary>A request that is read, looked at, and written again costs no allocation, even where it is read as text.</summary>
public sealed class CodecAllocationTests
{
    private const int Rounds = 2000;

    private readonly byte[] _target = new byte[4096];
    private readonly RequestHead _request = new();
    private readonly ResponseHead _response = new();
    private readonly FieldTable _trailers = new();

    [Test]
    public void Requests_are_read_looked_at_and_written()
    {
        var bytes = WireText.Bytes(
            "POST /orders/17?fields=all HTTP/1.1\r\nhost: payments\r\nuser-agent: undici\r\naccept: */*\r\nAccept-Encoding: gzip\r\n"
            + "x-customer: 4711\r\nContent-Type: application/json\r\ntraceparent: "
                + "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n");
        var reader = new RequestReader(HeadLimits.Request);
        var length = 0;
        Assert.That(Steady(Round), Is.Zero);
        Assert.That(length, Is.GreaterThan(200 * Rounds), "work was done");

        void Round()
        {
            reader.Read(bytes, _request);
            var fields = _request.Fields;
            length += _request.Method.Length + _request.Target.Length + _request.Host.ToString().Length;
            length += fields["X-Customer"].Count + fields["User-Agent"].Count + fields["absent"].Count + fields["Via"].Count;
            foreach (var line in fields.Lines)
            {
                length += line.Name.Length + line.Value.Length;
            }

            fields.Remove("Connection");
            fields.Set("X-Customer", "1".AsSpan());
            fields.Add("Via", "1.1 web".AsSpan());
            var writer = new HeadWriter(_target);
            writer.RequestLine(_request.Method, _request.Target);
            Write(ref writer, fields);
            length += writer.Complete();
            ReadBody(bytes.AsSpan(reader.Consumed), new BodyReader(_request.Framing, _request.ContentLength, HeadLimits.Request));
            _request.Clear();
        }
    }

    [Test]
    public void Responses_are_read_looked_at_and_written()
    {
        var bytes = WireText.Bytes(
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\nX-Request-Id: 0123456789abcdef\r\n"
            + "Keep-Alive: timeout=5\r\nContent-Length: 5\r\n\r\nhello");
        var reader = new ResponseReader(HeadLimits.Response);
        var length = 0;
        Assert.That(Steady(Round), Is.Zero);
        Assert.That(length, Is.GreaterThan(100 * Rounds), "work was done");

        void Round()
        {
            reader.Start(isHead: false, mayUpgrade: false);
            reader.Read(bytes, _response);
            length += _response.Fields["Proxy-Status"].Count + _response.Fields["Content-Type"].Count;
            var writer = new HeadWriter(_target);
            writer.StatusLine(_response.Status, _response.ReasonBytes);
            Write(ref writer, _response.Fields);
            length += writer.Complete();
            ReadBody(bytes.AsSpan(reader.Consumed), new BodyReader(_response.Framing, _response.ContentLength, HeadLimits.Response));
            _response.Clear();
        }
    }

    private static void Write(ref HeadWriter writer, FieldTable fields)
    {
        foreach (var line in fields.Lines)
        {
            writer.Copy(line);
        }

        writer.Add("Content-Length", 5);
        writer.EndHead();
    }

    private void ReadBody(ReadOnlySpan<byte> received, BodyReader body)
    {
        BodyPart part;
        do
        {
            part = body.Read(received, _trailers);
            received = received[part.Consumed..];
        }
        while (part.Kind == BodyPartKind.Data);

        _trailers.Clear();
    }

    // The first rounds fill caches and pools.
    private static long Steady(Action round)
    {
        for (var i = 0; i < Rounds; i++)
        {
            round();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            round();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
