using GatewayMesh.Bench.Peers;
using GatewayMesh.Bench.Runs;
using GatewayMesh.Bench.Soak;

return args switch
{
    ["yarp-hop", .. var hop] => await YarpHop.RunAsync(hop),
    ["soak", .. var rest] => await SoakCommand.RunAsync(rest),
    _ => await BenchCommand.RunAsync(args),
};
