using GatewayMesh.Bench.Processes;
using GatewayMesh.Fixtures;
using Yarp.ReverseProxy.Forwarder;

namespace GatewayMesh.Bench.Peers;

/// <summary>YARP alone in a small program: <see cref="YarpHop"/>, a part of the bench.</summary>
internal sealed class YarpPeer : Peer
{
    /// <inheritdoc/>
    public override string Name => "YARP";

    /// <inheritdoc/>
    public override Task<string> VersionAsync(CancellationToken end) => Task.FromResult(
        $"Yarp.ReverseProxy {typeof(IHttpForwarder).Assembly.GetName().Version?.ToString(3)} on .NET {Environment.Version}, not native");

    /// <inheritdoc/>
    public override async Task<Deployment> StartAsync(Setup setup, TestBed bed)
    {
        var (port, middle) = (FreePorts.Next(), FreePorts.Next());
        if (setup == Setup.PlainHop)
        {
            string[] hop = ["yarp-hop", $"{port}", $"http://127.0.0.1:{bed.ApplicationPort}"];
            return new(Name, [await HopAsync("yarp-hop", hop)])
            {
                Port = port,
                Configuration = new Dictionary<string, string> { ["hop"] = string.Join(' ', hop) },
            };
        }

        string[] first = ["yarp-hop", $"{port}", $"https://127.0.0.1:{middle}", $"call={bed.PathOf("hops/web.pem")}", $"roots={bed.Roots}"];
        string[] second =
        [
            "yarp-hop", $"{middle}", $"http://127.0.0.1:{bed.ApplicationPort}", $"serve={bed.PathOf("hops/payments.pem")}", $"roots={bed.Roots}",
        ];
        return new(Name, [await HopAsync("yarp-a", first), await HopAsync("yarp-b", second)])
        {
            Port = port,
            Configuration = new Dictionary<string, string> { ["hop A"] = string.Join(' ', first), ["hop B"] = string.Join(' ', second) },
        };
    }

    private static Task<HopProcess> HopAsync(string name, string[] arguments) =>
        HopProcess.StartAsync(name, "dotnet", [typeof(YarpHop).Assembly.Location, .. arguments]);
}
