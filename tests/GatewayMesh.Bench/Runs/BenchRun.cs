using GatewayMesh.Bench.Loads;
using GatewayMesh.Bench.Peers;
using GatewayMesh.Bench.Processes;
using GatewayMesh.Bench.Reports;

namespace GatewayMesh.Bench.Runs;

/// <summary>All rounds: in each, the steps in a new order, and in each step the peers in a new order.</summary>
internal sealed class BenchRun(BenchOptions options, IReadOnlyList<Peer> peers, IReadOnlyList<Figure> figures, Progress progress)
{
    private const int WarmUpSeconds = 1;
    private const int FirstWarmUpSeconds = 2;
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan QuietLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);
    private readonly List<Measurement> _measurements = [];
    private readonly List<(Setup Setup, Peer Peer, Deployment Deployment)> _deployments = [];

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
        var plan = figures.SelectMany(figure => figure.Setups.Select(setup => (figure.Step, Setup: setup)))
            .Distinct().ToLookup(pair => pair.Step, pair => pair.Setup);
        try
        {
            foreach (var setup in plan.SelectMany(step => step).Distinct().Where(setup => !IsBusy(setup)))
            {
                foreach (var peer in peers.Where(peer => peer.Offers(setup)))
                {
                    _ = await DeployAsync(setup, peer, bed, end);
                }
            }

            // The first files are on disk: a node writes its snapshot once a second at the most.
            await Task.Delay(SettleTime, end);
            var order = new Random(seed);
            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var step in Shuffled(plan.Select(step => step.Key), order))
                {
                    var contenders = plan[step].SelectMany(setup => peers.Where(peer => peer.Offers(setup)).Select(peer => (setup, peer)));
                    foreach (var (setup, peer) in Shuffled(contenders, order))
                    {
                        await ContendAsync(step, setup, peer, round, bed, end);
                    }
                }
            }
        }
        finally
        {
            progress.Say("ending all programs");
            await Task.WhenAll(_deployments.Select(one => one.Deployment.DisposeAsync().AsTask()));
        }
    }

    private static T[] Shuffled<T>(IEnumerable<T> items, Random order)
    {
        var shuffled = items.ToArray();
        order.Shuffle(shuffled);
        return shuffled;
    }

    private static IReadOnlyList<double> MemoryOf(Deployment deployment) => [.. deployment.Hops[0].Pids.Select(PrivateMemory.Of)];

    // Processes that may work without a load would take part in the measurements of others, so they run only for their own.
    private static bool IsBusy(Setup setup) => setup == Setup.LargePair;

    private async Task<Deployment> DeployAsync(Setup setup, Peer peer, TestBed bed, CancellationToken end)
    {
        progress.Say($"starting {peer.Name}, {setup}");
        var deployment = await peer.StartAsync(setup, bed);
        _deployments.Add((setup, peer, deployment));
        await deployment.UntilReadyAsync(StartLimit, end);
        if (!await deployment.UntilQuietAsync(QuietLimit, end))
        {
            progress.Say($"{deployment.Name} is busy without a load");
        }

        _ = await H2Load.RunAsync(Step.Saturated.Load!, deployment.Port, FirstWarmUpSeconds, "", end);
        foreach (var (file, text) in deployment.Configuration)
        {
            Configuration[$"{deployment.Name}, {setup}, {file}"] = text;
        }

        return deployment;
    }

    private async Task ContendAsync(Step step, Setup setup, Peer peer, int round, TestBed bed, CancellationToken end)
    {
        var deployment = IsBusy(setup)
            ? await DeployAsync(setup, peer, bed, end)
            : _deployments.Single(one => one.Setup == setup && one.Peer == peer).Deployment;
        if (!deployment.Takes(step.Load))
        {
            return;
        }

        progress.Say($"round {round} of {options.Rounds}: {step.Name}: {deployment.Name}");
        var named = new Measurement(step.Name, deployment.Name, round);
        _measurements.Add(
            step.Load is { } load ? await MeasureAsync(named, load, deployment, bed, end) : await RestartAsync(named, deployment, end));
        if (IsBusy(setup))
        {
            await deployment.DisposeAsync();
            _ = _deployments.RemoveAll(one => one.Deployment == deployment);
        }
    }

    private async Task<Measurement> MeasureAsync(Measurement named, Load load, Deployment deployment, TestBed bed, CancellationToken end)
    {
        var port = load.Streams > 0 ? deployment.Http2Port!.Value : deployment.Port;
        var log = bed.PathOf("requests.log");

        // Connections between the hops exist afterwards, so that no handshake is counted.
        _ = await H2Load.RunAsync(load, port, WarmUpSeconds, log, end);
        File.Delete(log);
        var pids = deployment.Hops.SelectMany(hop => hop.Pids).ToList();
        var before = ProcessorTime.Of(pids);
        var result = await H2Load.RunAsync(load, port, options.Seconds, log, end);
        var spent = ProcessorTime.Of(pids) - before;
        var times = load.IsTimed ? RequestTimes.Parse(File.ReadLines(log)) : new RequestTimes([]);
        return named with
        {
            Requests = result.Requests,
            Failures = result.Failures,
            WantedPerSecond = load.Rate,
            RequestsPerSecond = result.Requests / result.Seconds,
            ProcessorMicroseconds = spent.TotalMicroseconds / result.Requests,
            P50Microseconds = times.Percentile(0.5),
            P99Microseconds = times.Percentile(0.99),
            MegabytesPerSecond = result.Bytes / 1e6 / result.Seconds,
            PrivateMegabytes = MemoryOf(deployment),
        };
    }

    private async Task<Measurement> RestartAsync(Measurement named, Deployment deployment, CancellationToken end)
    {
        await deployment.RestartAsync();
        await deployment.UntilReadyAsync(StartLimit, end);
        await Task.Delay(SettleTime, end);
        var ready = deployment.ReadyMilliseconds(deployment.Hops[0].Log);
        return named with
        {
            ReadyMilliseconds = ready ?? throw new BenchException($"no event of a ready worker:\n{deployment.Hops[0].Log}"),
            PrivateMegabytes = MemoryOf(deployment),
        };
    }
}
