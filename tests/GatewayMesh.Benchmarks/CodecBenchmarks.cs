using System.Text;
using BenchmarkDotNet.Attributes;
using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Benchmarks;

/// <summary>Reads and writes a request of 8 fields and its response.</summary>
public class CodecBenchmarks
{
    private readonly byte[] _request = Encoding.Latin1.GetBytes(
        "GET /orders/17?fields=all HTTP/1.1\r\nHost: payments\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: "
            + "application/json\r\n"
        + "Accept-Encoding: gzip, deflate, br\r\nX-Request-Id: 0123456789abcdef\r\nCookie: session=0123456789abcdef0123456789abcdef\r\n"
        + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX-Customer: 4711\r\n\r\n");

    private readonly byte[] _response = Encoding.Latin1.GetBytes(
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\nContent-Length: 119\r\n"
        + "X-Request-Id: 0123456789abcdef\r\nCache-Control: no-store\r\n\r\n");

    private readonly byte[] _chunks = Encoding.Latin1.GetBytes("77\r\n" + new string('x', 0x77) + "\r\n0\r\n\r\n");
    private readonly byte[] _target = new byte[4096];
    private readonly RequestHead _head = new();
    private readonly RequestHead _read = new();
    private readonly ResponseHead _answer = new();
    private readonly FieldTable _trailers = new();

    /// <summary>Reads the head that is written.</summary>
    [GlobalSetup]
    public void Setup() => new RequestReader(HeadLimits.Request).Read(_request, _read);

    /// <summary>Bytes to a head, and the head cleared.</summary>
    [Benchmark]
    public int ReadRequest()
    {
        var reader = new RequestReader(HeadLimits.Request);
        reader.Read(_request, _head);
        var count = _head.Fields.Count;
        _head.Clear();
        return count;
    }

    /// <summary>The same, with the text that a plain request's policies ask for.</summary>
    [Benchmark]
    public int ReadRequestAndText()
    {
        var reader = new RequestReader(HeadLimits.Request);
        reader.Read(_request, _head);
        var fields = _head.Fields;
        var count = _head.Method.Length + _head.Target.Length + _head.Host.ToString().Length + fields["X-Request-Id"].Count
            + fields["traceparent"].Count + fields["Via"].Count + fields["Connection"].Count + fields["Upgrade"].Count
            + fields["X-Customer"].Count;
        _head.Clear();
        return count;
    }

    /// <summary>A head to bytes.</summary>
    [Benchmark]
    public int WriteRequest()
    {
        var writer = new HeadWriter(_target);
        writer.RequestLine(_read.MethodBytes, _read.TargetBytes);
        foreach (var line in _read.Fields.Lines)
        {
            writer.Copy(line);
        }

        writer.Add("Via", "1.1 web-sidecar");
        writer.EndHead();
        return writer.Complete();
    }

    /// <summary>Bytes to a response's head, and the head cleared.</summary>
    [Benchmark]
    public int ReadResponse()
    {
        var reader = new ResponseReader(HeadLimits.Response);
        reader.Read(_response, _answer);
        var count = _answer.Fields.Count;
        _answer.Clear();
        return count;
    }

    /// <summary>Content of one chunk.</summary>
    [Benchmark]
    public int ReadChunks()
    {
        var reader = new BodyReader(BodyFraming.Chunked, null, HeadLimits.Request);
        ReadOnlySpan<byte> received = _chunks;
        BodyPart part;
        do
        {
            part = reader.Read(received, _trailers);
            received = received[part.Consumed..];
        }
        while (part.Kind == BodyPartKind.Data);

        return received.Length;
    }
}
