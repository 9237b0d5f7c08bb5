using System.Diagnostics;
using System.Globalization;
using GatewayMesh.Bench.Runs;
using GatewayMesh.Bench.Writes;
using GatewayMesh.Fixtures.Kubernetes;

namespace GatewayMesh.Bench.Cluster;

/// <summary>The command <c>kubernetes</c>: time and memory to the first snapshot of a large cluster, and the cost of one change.</summary>
internal static class ClusterCommand
{
    /// <summary>Runs the measurement: 0 after a whole run, whatever the figures; 1 when the run failed; 2 for bad usage.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["--help"] or ["-h"])
        {
            Console.WriteLine(ClusterOptions.Help);
            return 0;
        }

        ClusterOptions options;
        try
        {
            options = ClusterOptions.Parse(arguments);
        }
        catch (BenchException error)
        {
            await Console.Error.WriteLineAsync($"kubernetes: {error.Message}");
            return 2;
        }

        return await Interruptible.RunAsync("kubernetes", async end =>
        {
            await using var server = await ApiServer.StartAsync();
            LargeCluster.Fill(server, options.Services, options.Endpoints);
            var empty = GC.GetTotalMemory(forceFullCollection: true);
            var watch = Stopwatch.StartNew();
            await using var node = new ClusterNode(server);
            await node.FirstAsync(end);
            Print($"first snapshot: {watch.Elapsed.TotalSeconds:0.00} s, {node.Services:N0} services, {node.Instances:N0} instances");
            Print($"memory: {(GC.GetTotalMemory(forceFullCollection: true) - empty) / 1e6:0} MB kept");

            var times = new List<double>();
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            for (var round = 0; round < options.Rounds; round++)
            {
                watch.Restart();
                var next = node.NextAsync(end);
                LargeCluster.Change(server, round % options.Services, options.Endpoints, round + 1);
                await next;
                times.Add(watch.Elapsed.TotalMilliseconds);
            }

            Print($"allocated by one change: {(GC.GetTotalAllocatedBytes(precise: true) - allocated) / 1e6 / options.Rounds:0.0} MB");
            Console.WriteLine(WritesCommand.Line("one changed slice", times));
            return 0;
        });
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
