using System.Net;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Benchmarks.Floor;

/// <summary>
/// <c>hop LISTEN TARGET LOOPS [accept|connect CERTIFICATE ROOTS PEER [platform]]</c>: a hop without policies, until standard input ends.
/// Driven by <c>ops/bench/floor.py</c>.
/// </summary>
internal static class HopProgram
{
    public static async Task RunAsync(string[] args)
    {
        var loops = int.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture);
        await using var group = new LoopGroup(loops, TimeProvider.System, failure => Console.Error.WriteLine(failure));
        using var socket = ListeningSocket.Open(IPEndPoint.Parse(args[1]));
        group.Accept(new HopTarget(IPEndPoint.Parse(args[2]), HopSecurity.Parse(args.AsSpan(4).ToArray()))).Add(socket);
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
    }
}
