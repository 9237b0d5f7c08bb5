using GatewayMesh.Bench.Cluster;
using GatewayMesh.Bench.Peers;
using GatewayMesh.Bench.Runs;
using GatewayMesh.Bench.Soak;
using GatewayMesh.Bench.Writes;

return args switch
{
    ["yarp-hop", .. var hop] => await YarpHop.RunAsync(hop),
    ["kubernetes", .. var rest] => await ClusterCommand.RunAsync(rest),
    ["writes", .. var rest] => await WritesCommand.RunAsync(rest),
    ["soak", .. var rest] => await SoakCommand.RunAsync(rest),
    _ => await BenchCommand.RunAsync(args),
};
