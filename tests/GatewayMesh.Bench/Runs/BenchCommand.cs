using System.Globalization;
using System.Runtime.ExceptionServices;
using GatewayMesh.Bench.Peers;
using GatewayMesh.Bench.Reports;

namespace GatewayMesh.Bench.Runs;

/// <summary>The command: options, the run, and its reports.</summary>
internal static class BenchCommand
{
    /// <summary>Runs the bench: 0 after a whole run, whatever the figures; 1 when the run failed; 2 for bad usage.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["--help"] or ["-h"])
        {
            Console.WriteLine(BenchOptions.Help + string.Join(", ", FigureList.Groups));
            return 0;
        }

        BenchOptions options;
        try
        {
            options = BenchOptions.Parse(arguments, FigureList.Groups);
        }
        catch (BenchException error)
        {
            Console.Error.WriteLine($"bench: {error.Message}");
            return 2;
        }

        return await Interruptible.RunAsync("bench", async end =>
        {
            await MeasureAsync(options, new Progress(), end);
            return 0;
        });
    }

    private static async Task MeasureAsync(BenchOptions options, Progress progress, CancellationToken end)
    {
        IReadOnlyList<Peer> peers = [
            new MeshPeer(Published.Program()), new HaProxyPeer(), new NginxPeer(), new CaddyPeer(), new YarpPeer()];
        var figures = FigureList.All.Where(figure => options.Only.Count == 0 || options.Only.Contains(figure.Group)).ToList();
        var versions = new Dictionary<string, string>();
        foreach (var peer in peers)
        {
            versions[peer.Name] = await peer.VersionAsync(end);
        }

        var run = new BenchRun(options, peers, figures, progress);
        var seed = Environment.ProcessId;
        ExceptionDispatchInfo? failure = null;
        try
        {
            await run.RunAsync(seed, end);
        }
        catch (Exception error) when (run.Measurements.Count > 0)
        {
            // What was measured until then is not lost.
            failure = ExceptionDispatchInfo.Capture(error);
        }

        var title = string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Machine.Describe()}, {options.Rounds} rounds, {options.Seconds} s a measurement, order {seed}");
        var report = new Report(
            failure is null ? title : $"INCOMPLETE: {title}",
            versions,
            [.. figures.Select(figure => Result.Of(figure, run.Measurements))],
            run.Measurements,
            run.Configuration);
        await WriteAsync(report, options, progress);
        failure?.Throw();
    }

    private static async Task WriteAsync(Report report, BenchOptions options, Progress progress)
    {
        Console.Write(TextReport.Of(report));
        var folder = Directory.CreateDirectory(Path.Combine(Published.Root, "artifacts/bench")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "bench.txt"), TextReport.Of(report));
        await File.WriteAllTextAsync(Path.Combine(folder, "bench.json"), JsonReport.Of(report));
        await File.WriteAllTextAsync(Path.Combine(folder, "bench.svg"), SvgChart.Of(report));
        if (options.Json is { } json)
        {
            await File.WriteAllTextAsync(json, JsonReport.Of(report));
        }

        progress.Say($"reports are in {folder}");
    }
}
