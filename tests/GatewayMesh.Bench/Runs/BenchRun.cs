using GatewayMesh.Bench.Loads;
using GatewayMesh.Bench.Peers;
using GatewayMesh.Bench.Processes;

namespace GatewayMesh.Bench.Runs;

/// <summary>All rounds: in each, the steps in a new order, and in each step the peers in a new order.</summary>
internal sealed class BenchRun(BenchOptions options, IReadOnlyList<Peer> peers, IReadOnlyList<Step> steps, Progress progress)
{
    private const int WarmUpSeconds = 1;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly List<Measurement> _measurements = [];

    /// <summary>Results so far.</summary>
    public IReadOnlyList<Measurement> Measurements => _measurements;

    /// <summary>Configuration files by deployment, setup, and file.</summary>
    public Dictionary<string, string> Configuration { get; } = [];

    /// <summary>Measures everything.</summary>
    /// <param name="seed">Seed of the order.</param>
    /// <param name="end">Ends the run.</param>
    public async Task RunAsync(int seed, CancellationToken end)
    {
        await using var bed = new TestBed();
        await bed.StartAsync();
        Configuration["application"] = bed.ApplicationConfiguration;
        var deployments = new List<(Setup Setup, Deployment Deployment)>();
        try
        {
            foreach (var setup in steps.Select(step => step.Setup).Distinct())
            {
                foreach (var peer in peers.Where(peer => peer.Offers(setup)))
                {
                    progress.Say($"starting {peer.Name}, {setup}");
                    var deployment = await peer.StartAsync(setup, bed);
                    deployments.Add((setup, deployment));
                    await deployment.UntilReadyAsync(StartLimit, end);
                    foreach (var (file, text) in deployment.Configuration)
                    {
                        Configuration[$"{deployment.Name}, {setup}, {file}"] = text;
                    }
                }
            }

            var order = new Random(seed);
            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var step in Shuffled(steps, order))
                {
                    foreach (var (_, deployment) in Shuffled(deployments.Where(one => one.Setup == step.Setup && one.Deployment.Takes(step.Load)), order))
                    {
                        progress.Say($"round {round} of {options.Rounds}: {step.Name}: {deployment.Name}");
                        _measurements.Add(await MeasureAsync(step, deployment, round, bed, end));
                    }
                }
            }
        }
        finally
        {
            foreach (var (_, deployment) in deployments)
            {
                await deployment.DisposeAsync();
            }
        }
    }

    private static T[] Shuffled<T>(IEnumerable<T> items, Random order)
    {
        var shuffled = items.ToArray();
        order.Shuffle(shuffled);
        return shuffled;
    }

    private async Task<Measurement> MeasureAsync(Step step, Deployment deployment, int round, TestBed bed, CancellationToken end)
    {
        var port = step.Load.Streams > 0 ? deployment.Http2Port!.Value : deployment.Port;
        var log = bed.PathOf("requests.log");

        // Connections between the hops exist afterwards, so that no handshake is counted.
        _ = await H2Load.RunAsync(step.Load, port, WarmUpSeconds, log, end);
        File.Delete(log);
        var pids = deployment.Hops.SelectMany(hop => hop.Pids).ToList();
        var before = ProcessorTime.Of(pids);
        var result = await H2Load.RunAsync(step.Load, port, options.Seconds, log, end);
        var spent = ProcessorTime.Of(pids) - before;
        var times = step.Load.IsTimed ? RequestTimes.Parse(File.ReadLines(log)) : new RequestTimes([]);
        return new(step.Name, deployment.Name, round)
        {
            Requests = result.Requests,
            RequestsPerSecond = result.Requests / result.Seconds,
            ProcessorMicroseconds = spent.TotalMicroseconds / result.Requests,
            P50Microseconds = times.Percentile(0.5),
            P99Microseconds = times.Percentile(0.99),
            MegabytesPerSecond = result.Bytes / 1e6 / result.Seconds,
            PrivateMegabytes = [.. deployment.Hops[0].Pids.Select(PrivateMemory.Of)],
        };
    }
}
