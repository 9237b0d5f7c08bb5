using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Http1.Fuzz;

/// <summary>Content of one framing.</summary>
internal sealed class BodyFuzz(BodyFraming framing, long? length) : IFuzzTarget
{
    private static readonly HeadLimits Limits = new(60, 4, 80);

    private readonly FieldTable _trailers = new();

    public string[] Corpus { get; } =
    [
        "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nrest",
        "5;a=b;c=\"d\\\"e\" ; f\r\nhello\r\n00\r\nX: 1\r\nHost: b\r\ngatewaymesh-source: c\r\n\r\n",
        "a\r\n0123456789\r\nA \t;x\r\n0123456789\r\n0;y=z\r\ngrpc-status: 0\r\n\r\n",
        "7fffffffffffffff\r\nx",
        "1\r\nx\r\n1\r\ny\r\n1\r\nz\r\n0000000000000000\r\n\r\n",
        "0\r\nX : 1\r\n\r\n",
    ];

    public string[] Words { get; } =
    [
        "\r\n", "\n", "\r", "\0", "\t", " ", ";", "=", "\"", "\\", "0", "5", "f", "ffffffffffffffff", "8000000000000000",
        "0\r\n\r\n", "1\r\nx\r\n", "X: 1\r\n", "Content-Length: 5\r\n", "Content_Length: 5\r\n", ";a=b", ";a=\"\\", "\u0080",
        "\u007F", ":", "\r\n ",
    ];

    public void Read(ref Feed feed, Transcript transcript) =>
        Read(new BodyReader(framing, length, Limits), ref feed, _trailers, transcript);

    /// <summary>Reads content. Returns true if it is complete.</summary>
    public static bool Read(BodyReader reader, ref Feed feed, FieldTable trailers, Transcript transcript)
    {
        trailers.Clear();
        while (true)
        {
            var received = feed.Received;
            var part = reader.Read(received, trailers);
            if (part.Skip < 0
                || part.Length < 0
                || part.Consumed > received.Length
                || (part.Length > 0) != (part.Kind == BodyPartKind.Data))
            {
                throw new InvalidDataException($"{part} of {received.Length} bytes");
            }

            transcript.Add(received.Slice(part.Skip, part.Length));
            feed.Consume(part.Consumed);
            switch (part.Kind)
            {
                case BodyPartKind.NeedMore when !feed.TryMore():
                    transcript.Add("more"u8);
                    return false;
                case BodyPartKind.Fault:
                    transcript.Add((long)reader.Fault);
                    return false;
                case BodyPartKind.End:
                    transcript.Add("|"u8);
                    transcript.Add(feed.At);
                    transcript.Add(trailers);
                    return true;
            }
        }
    }
}
