using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Http1.Fuzz;

/// <summary>Responses one after the other, interim ones included, with their content.</summary>
internal sealed class ResponseFuzz(bool isHead, bool mayUpgrade) : IFuzzTarget
{
    private static readonly HeadLimits Limits = new(60, 6, 200);

    private readonly ResponseHead _head = new();
    private readonly FieldTable _trailers = new();

    public string[] Corpus { get; } =
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
            + "chunked\r\n\r\n2\r\nhi\r\n0\r\nX: 1\r\n\r\n",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5, max=3\r\n\r\nuntil close",
        "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 7\r\n\r\nHTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nbytes",
        "HTTP/1.1 500 \u00E9\r\nX : a\r\n b\r\n\n",
    ];

    public string[] Words { get; } =
    [
        "\r\n", "\n", "\r", "\0", "\t", " ", ":", ",", "HTTP/1.1 ", "HTTP/1.0 ", "200", "204", "304", "101", "100 x\r\n\r\n",
        "600", "Content-Length: 2\r\n", "Content-Length: x\r\n", "Transfer-Encoding: chunked\r\n", "gzip, ",
        "Connection: close\r\n", "\r\n\r\n", "0\r\n\r\n", "2\r\nhi\r\n", "Keep-Alive: timeout=", "\u0080", "\u007F", "X: 1\r\n",
        "\r\n ", "18446744073709551616",
    ];

    public void Read(ref Feed feed, Transcript transcript)
    {
        var reader = new ResponseReader(Limits);
        do
        {
            reader.Start(isHead, mayUpgrade);
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
                    return;
                }

                Check(feed.Received[..reader.Consumed]);
                feed.Consume(reader.Consumed);
                Add(transcript);
            }
            while (_head.IsInterim);
        }
        while (BodyFuzz.Read(new BodyReader(_head.Framing, _head.ContentLength, Limits), ref feed, _trailers, transcript));
    }

    private void Add(Transcript transcript)
    {
        transcript.Add(_head.Status);
        transcript.Add(_head.ReasonBytes);
        transcript.Add((long)_head.Version);
        transcript.Add((long)_head.Framing);
        transcript.Add(_head.ContentLength ?? -1);
        transcript.Add(_head.KeepsAlive ? 1 : 0);
        transcript.Add((long)(_head.IdleTimeout?.TotalSeconds ?? -1));
        transcript.Add(_head.Fields);
    }

    private void Check(ReadOnlySpan<byte> received)
    {
        var hasContent = _head.Framing != BodyFraming.None;
        if (_head.Status is < 100 or > 599
            || (hasContent && (isHead || _head.Status is < 200 or 204 or 304))
            || (_head.Status == 101 && !mayUpgrade)
            || (_head.KeepsAlive && _head.Framing == BodyFraming.UntilClose)
            || !received.EndsWith("\r\n\r\n"u8)
            || !_head.Fields.Bytes.SequenceEqual(received))
        {
            throw new InvalidDataException("a response that must not be read");
        }
    }
}
