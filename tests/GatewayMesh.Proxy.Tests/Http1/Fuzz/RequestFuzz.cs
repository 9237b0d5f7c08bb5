using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Http1.Fuzz;

/// <summary>Requests one after the other, with their content.</summary>
internal sealed class RequestFuzz : IFuzzTarget
{
    // Low, so that inputs of a few hundred bytes reach them.
    private static readonly HeadLimits Limits = new(60, 6, 150);

    private readonly RequestHead _head = new();
    private readonly FieldTable _trailers = new();
    private readonly RequestHead _again = new();
    private readonly byte[] _written = new byte[4096];

    public string[] Corpus { get; } =
    [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET /a?b HTTP/1.0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\nHost: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: 1\r\n\r\nGET / HTTP/1.1\r\nHost: "
            + "a\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: [::1]\r\nExpect: 100-continue\r\nContent-Length: 1\r\nConnection: close, x\r\n\r\nx",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 1\r\n\r\n",
        "GET http://b/c HTTP/1.1\r\nHost: a\r\nVia: 1.1 x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\ngatewaymesh-attempt: 1\r\ncontent_length: 1\r\n\r\n",
        "G\u00E9T /\u0000 HTTP/1.1\n X : y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 3\r\n\r\n",
    ];

    public string[] Words { get; } =
    [
        "\r\n", "\n", "\r", "\0", "\t", " ", ":", ": ", ",", ";", "_", "-", "%41", "#", "*", "http://", "HTTP/1.1", "HTTP/1.0",
        "HTTP/2.0", "GET", "CONNECT", "Host: a\r\n", "Host:", "Content-Length: 5\r\n", "Content-Length:",
        "Transfer-Encoding: chunked\r\n", "chunked", "gzip", "Connection: close\r\n", "Expect: 100-continue\r\n", "\r\n\r\n",
        "0\r\n\r\n", "5\r\nhello\r\n", "18446744073709551616", "9223372036854775807", "ffffffffffffffff", "\u0080", "\u00FF",
        "\u007F", "gatewaymesh_", "X: 1\r\n", "\r\n ", "[::1]:80",
    ];

    public void Read(ref Feed feed, Transcript transcript)
    {
        var reader = new RequestReader(Limits);
        do
        {
            HeadProgress progress;
            while ((progress = reader.Read(feed.Received, _head)) == HeadProgress.NeedMore)
            {
                if (!feed.TryMore())
                {
                    transcript.Add("more"u8);
                    return;
                }
            }

            if (progress == HeadProgress.Fault)
            {
                transcript.Add((long)reader.Fault);
                transcript.Add(_head.MethodBytes);
                transcript.Add(_head.Fields);
                return;
            }

            Check(feed.Received[..reader.Consumed]);
            feed.Consume(reader.Consumed);
            Add(transcript);
        }
        while (BodyFuzz.Read(new BodyReader(_head.Framing, _head.ContentLength, Limits), ref feed, _trailers, transcript));
    }

    private void Add(Transcript transcript)
    {
        transcript.Add((long)_head.Version);
        transcript.Add(_head.MethodBytes);
        transcript.Add(" "u8);
        transcript.Add(_head.TargetBytes);
        transcript.Add((long)_head.Form);
        transcript.Add((long)_head.Framing);
        transcript.Add(_head.ContentLength ?? -1);
        transcript.Add((_head.KeepsAlive ? 1 : 0) + (_head.ExpectsContinue ? 2 : 0));
        transcript.Add(_head.Fields);
    }

    // What is written is read as the same again: the next hop cannot read another request than this one.
    private void Check(ReadOnlySpan<byte> received)
    {
        var writer = new HeadWriter(_written);
        writer.RequestLine(_head.MethodBytes, _head.TargetBytes);
        foreach (var line in _head.Fields.Lines)
        {
            writer.Copy(line);
        }

        writer.EndHead();
        var written = _written.AsSpan(0, writer.Complete());
        Require(!writer.IsOverflow, "room");
        Require(_head.Fields.Count <= Limits.Fields, "number of fields");
        Require(received.EndsWith("\r\n\r\n"u8), "end of the head");
        Require(_head.Fields.Bytes.SequenceEqual(received), "kept bytes");
        Require(_head.Version == MessageVersion.Http10 || _head.Fields[KnownField.Host].Count == 1, "one Host");
        Require(_head.Framing != BodyFraming.Chunked || _head.ContentLength is null, "one framing");
        Require(!_head.TargetBytes.ContainsAnyExceptInRange((byte)'!', (byte)'~'), "target");

        if (string.IsNullOrEmpty(_head.Fields[KnownField.Host]))
        {
            return; // HTTP/1.0; the hop writes HTTP/1.1 with a Host of its own (MessageTests)
        }

        var reader = new RequestReader(new HeadLimits(4096, 100, 4096));
        Require(reader.Read(written, _again) == HeadProgress.Head && reader.Consumed == written.Length, "read again");
        Require(
            _again.MethodBytes.SequenceEqual(_head.MethodBytes) && _again.TargetBytes.SequenceEqual(_head.TargetBytes),
            "same request line");
        Require((_again.Framing, _again.ContentLength) == (_head.Framing, _head.ContentLength), "same framing");
        Require(_again.Fields.Count == _head.Fields.Count, "same fields");
        _again.Clear();
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidDataException(what);
        }
    }
}
