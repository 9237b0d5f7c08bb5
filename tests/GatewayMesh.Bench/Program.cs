using GatewayMesh.Bench.Runs;

return await BenchCommand.RunAsync(args);
