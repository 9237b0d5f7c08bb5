using GatewayMesh.Bench.Loads;
using GatewayMesh.Bench.Peers;

namespace GatewayMesh.Bench.Runs;

/// <summary>One load against each peer that offers the setup.</summary>
internal sealed record Step(string Name, Setup Setup, Load Load)
{
    /// <summary>Two hops with mTLS, as many requests as possible.</summary>
    public static readonly Step Saturated = new("pair, saturated", Setup.Pair, new("/", 64));

    /// <summary>4,000 requests a second.</summary>
    public static readonly Step Rate4000 = AtRate(Setup.Pair, 4000);

    /// <summary>1,000 requests a second.</summary>
    public static readonly Step Rate1000 = AtRate(Setup.Pair, 1000);

    /// <summary>200 requests a second.</summary>
    public static readonly Step Rate200 = AtRate(Setup.Pair, 200);

    private static Step AtRate(Setup setup, int rate) =>
        new($"{(setup == Setup.Pair ? "pair" : "plain hop")}, {rate} a second", setup, new("/", 16) { Rate = rate });
}
