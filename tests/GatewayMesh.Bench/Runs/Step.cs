using GatewayMesh.Bench.Loads;
using GatewayMesh.Bench.Peers;

namespace GatewayMesh.Bench.Runs;

/// <summary>One load against each peer that offers the setup.</summary>
/// <param name="Name">Name of the step.</param>
/// <param name="Setup">The setup.</param>
/// <param name="Load">The load; null: the first hop is started again, and its time and its memory are measured.</param>
internal sealed record Step(string Name, Setup Setup, Load? Load)
{
    /// <summary>Two hops with mTLS, as many requests as possible.</summary>
    public static readonly Step Saturated = new("pair, saturated", Setup.Pair, new("/", 64));

    /// <summary>4,000 requests a second.</summary>
    public static readonly Step Rate4000 = AtRate(Setup.Pair, 4000);

    /// <summary>1,000 requests a second.</summary>
    public static readonly Step Rate1000 = AtRate(Setup.Pair, 1000);

    /// <summary>200 requests a second.</summary>
    public static readonly Step Rate200 = AtRate(Setup.Pair, 200);

    /// <summary>One hop without TLS, as many requests as possible.</summary>
    public static readonly Step HopSaturated = new("plain hop, saturated", Setup.PlainHop, new("/", 64));

    /// <summary>One hop without TLS, 1,000 requests a second.</summary>
    public static readonly Step HopRate1000 = AtRate(Setup.PlainHop, 1000);

    /// <summary>Bodies of 10,000 bytes.</summary>
    public static readonly Step Body10K = new("pair, 10 KB", Setup.Pair, new("/10k", 64));

    /// <summary>Bodies of 100,000 bytes.</summary>
    public static readonly Step Body100K = new("pair, 100 KB", Setup.Pair, new("/100k", 64));

    /// <summary>Bodies of 200,000,000 bytes, one after the other.</summary>
    public static readonly Step Stream200M = new("pair, 200 MB", Setup.Pair, new("/200m", 1) { RequestsPerSecond = 1 });

    /// <summary>HTTP/2 from the client.</summary>
    public static readonly Step Http2 = new("pair, HTTP/2", Setup.Pair, new("/", 4) { Streams = 16 });

    /// <summary>The first hop is started again, with the data folder of its last run.</summary>
    public static readonly Step Restart = new("restart", Setup.Pair, null);

    private static Step AtRate(Setup setup, int rate) =>
        new($"{(setup == Setup.Pair ? "pair" : "plain hop")}, {rate} a second", setup, new("/", 16) { Rate = rate });
}
