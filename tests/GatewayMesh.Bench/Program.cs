using GatewayMesh.Bench.Peers;
using GatewayMesh.Bench.Runs;

return args is ["yarp-hop", .. var hop] ? await YarpHop.RunAsync(hop) : await BenchCommand.RunAsync(args);
