using System.Text;
using GatewayMesh.Proxy.Edge;

namespace GatewayMesh.Proxy.Tests.Http1.Fuzz;

/// <summary>PROXY headers of both versions, and what follows them.</summary>
internal sealed class ProxyHeaderFuzz : IFuzzTarget
{
    private const string Signature = "\r\n\r\n\0\r\nQUIT\n";

    public string[] Corpus { get; } =
    [
        "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\nGET / HTTP/1.1\r\n",
        "PROXY TCP6 2001:db8::1 ::ffff:1.2.3.4 1 65535\r\n\u0016\u0003\u0001",
        "PROXY UNKNOWN ffff:: x y z\r\n\r\n",
        "PROXY UNKNOWN\r\nPROXY UNKNOWN\r\n",
        Signature + "\u0021\u0011\0\u000C\u00C0\0\u0002\u0001\u00C6\u0033\u0064\u0001\u00DC\u0004\u0001\u00BBGET",
        Signature + "\u0021\u0011\0\u0011\u00C0\0\u0002\u0001\u00C6\u0033\u0064\u0001\u00DC\u0004\u0001\u00BB\u0005\0\u0002abrest",
        Signature + "\u0021\u0021\0\u0024" + "0123456789abcdef0123456789abcdef1234rest",
        Signature + "\u0020\0\0\0rest",
        Signature + "\u0020\0\u0010\u0001",
    ];

    public string[] Words { get; } =
    [
        "PROXY ", "TCP4", "TCP6", "UNKNOWN", " ", "  ", "\r\n", "\n", "\r", "\0", "1.2.3.4", "127.1", "::1", "::ffff:1.2.3.4", "fe80::1%1", "0",
        "65535", "65536", "-1", "+1", "01", Signature, "\u0020", "\u0021", "\u0022", "\u0011", "\u0012", "\u0021", "\u0031", "\0\u000C",
        "\u0010\0", "\u00FF\u00FF", "\u0005\0\u0001x", "\u0080",
    ];

    public void Read(ref Feed feed, Transcript transcript)
    {
        while (true)
        {
            var received = feed.Received;
            var result = ProxyHeader.Read(received, out var source, out var length);
            if (result == ProxyHeaderResult.Incomplete && feed.TryMore())
            {
                continue;
            }

            transcript.Add((long)result);
            if (result == ProxyHeaderResult.Complete)
            {
                if (length <= 0 || length > received.Length || length > ProxyHeader.MaxLengthV2)
                {
                    throw new InvalidDataException($"a header of {length} bytes in {received.Length}");
                }

                transcript.Add(length);
                transcript.Add(Encoding.ASCII.GetBytes(source?.ToString() ?? "none"));
            }

            return;
        }
    }
}
