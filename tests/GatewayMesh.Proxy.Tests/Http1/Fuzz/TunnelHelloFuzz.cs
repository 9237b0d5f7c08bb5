using System.Text;
using GatewayMesh.Configuration.Tunnels;

namespace GatewayMesh.Proxy.Tests.Http1.Fuzz;

/// <summary>Hellos of guards, and what follows them.</summary>
internal sealed class TunnelHelloFuzz : IFuzzTarget
{
    private const string Signature = "\r\n\r\n\0\r\nQUIT\n";

    public string[] Corpus { get; } =
    [
        Text(new TunnelHello("web", null, "host-b", "1")) + "GET / HTTP/1.1\r\n",
        Text(new TunnelHello("web", "payments", "host-b", "0.2.0")),
        Text(new TunnelHello(new string('s', 100), null, new string('n', 100), "")) + "rest",
        Signature + "\u0020\0\0\u0011\u00E0\0\u0003web\u00E4\0\u0001x\u00E2\0\u0001brest",
        Signature + "\u0020\0\0\0",
        Signature + "\u0020\0\u0008\u0001",
        Signature + "\u0021\u0011\0\u000C",
    ];

    public string[] Words { get; } =
    [
        Signature, "\u0020", "\u0021", "\0", "\u00E0", "\u00E1", "\u00E2", "\u00E3", "\u00E4", "\u00E0\0\u0003web", "\u00E2\0\u0001b", "\0\0", "\0\u0003",
        "\u0008\0", "\u00FF\u00FF", " ", "\n", "\u007F", "\u0080", "web",
    ];

    public void Read(ref Feed feed, Transcript transcript)
    {
        while (true)
        {
            var received = feed.Received;
            var result = TunnelHello.Read(received, out var hello, out var length);
            if (result == TunnelHelloResult.Incomplete && feed.TryMore())
            {
                continue;
            }

            transcript.Add((long)result);
            if (result == TunnelHelloResult.Complete)
            {
                if (length <= 0 || length > received.Length || length > TunnelHello.MaxLength)
                {
                    throw new InvalidDataException($"a hello of {length} bytes in {received.Length}");
                }

                transcript.Add(length);
                transcript.Add(Encoding.ASCII.GetBytes(hello!.ToString()));
            }

            return;
        }
    }

    private static string Text(TunnelHello hello) => Encoding.Latin1.GetString(hello.ToBytes());
}
