using System.Diagnostics;
using System.Globalization;
using GatewayMesh.Bench.Peers;
using GatewayMesh.Bench.Runs;

namespace GatewayMesh.Bench.Soak;

/// <summary>Load on two sidecars for minutes, or many idle connections, and what the sidecars have at the end.</summary>
internal sealed class SoakRun(SoakOptions options, string program, Progress progress)
{
    private const double MayGrowBy = 4;
    private const double MayGrowTo = 1.1;
    private const double Unused = 75; // seconds; idle connections between the sidecars are kept for 60

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Ramp = TimeSpan.FromSeconds(20); // a handshake of TLS for each connection between the sidecars
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(20);

    /// <summary>Runs; true if nothing was lost, kept, or grew.</summary>
    public async Task<bool> RunAsync(CancellationToken end)
    {
        var most = Math.Max(options.Idle ?? 0, options.Connections);
        DescriptorLimit.Raise((ulong)((options.Idle ?? (2 * options.Connections)) + 1500)); // of clients and application, or of a worker
        await using var bed = new TestBed();
        bed.MakeCertificates();
        using var application = new SoakApplication(bed.ApplicationPort);
        await using var pair = await SoakPair.StartAsync(program, most, bed);
        await pair.UntilReadyAsync(TimeSpan.FromSeconds(60), end);
        try
        {
            return options.Idle is { } idle ? await HoldAsync(pair, idle, end) : await LoadAsync(pair, end);
        }
        finally
        {
            await WriteLogsAsync(pair);
        }
    }

    // The access log is the standard output of a worker, and most of what it prints.
    private static async Task WriteLogsAsync(Deployment pair)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Published.Root, "artifacts/soak")).FullName;
        foreach (var hop in pair.Hops)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"{hop.Name}.log"), hop.Log);
        }
    }

    private async Task<bool> LoadAsync(Deployment pair, CancellationToken end)
    {
        var start = ProcessFigures.Of(pair);
        progress.Say($"start: {ProcessFigures.Line(start)}");
        var clients = new SoakClients(options.Connections, pair.Port);
        var load = Task.Factory.StartNew(
            () => clients.Run(options.Rate, TimeSpan.FromMinutes(options.Minutes), Ramp, end), TaskCreationOptions.LongRunning);
        IReadOnlyList<ProcessFigures>? warm = null;
        var (began, answered) = (Stopwatch.GetTimestamp(), 0L);
        for (var step = 1; !load.IsCompleted; step++)
        {
            _ = await Task.WhenAny(load, Task.Delay(Step, end));
            var all = ProcessFigures.Of(pair);
            warm ??= Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMinutes(1) ? all : null;
            var now = clients.Answered;
            progress.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"{(now - answered) / Step.TotalSeconds:0} requests a second, {clients.Lost} lost, {clients.Skipped} turns skipped; {clients.Times}"));
            answered = now;
            if (step % 6 == 0)
            {
                progress.Say($"minute {step / 6}: {ProcessFigures.Line(all)}");
            }
        }

        await load;
        clients.Finish(LongestAnswer);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var last = ProcessFigures.Of(pair);
        clients.Dispose();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{clients.Answered} requests answered in {seconds:0} s, {clients.Answered / seconds:0} a second of {options.Rate * options.Connections} wanted; "
                + $"{clients.Lost} lost; {clients.Times}"));
        if (clients.FirstLoss is { } loss)
        {
            Console.WriteLine($"first loss: {loss}");
        }

        Console.WriteLine($"start: {ProcessFigures.Line(start)}");
        Console.WriteLine($"end:   {ProcessFigures.Line(last)}");
        var grew = (warm ?? last).Zip(last).Where(one => one.Second.Megabytes > (one.First.Megabytes * MayGrowTo) + MayGrowBy).ToList();
        grew.ForEach(one => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{one.First.Name} grew from {one.First.Megabytes:0.0} to {one.Second.Megabytes:0.0} MB")));
        return await LeavesNothingAsync(pair, start, end) && clients.Lost == 0 && grew.Count == 0;
    }

    private async Task<bool> HoldAsync(Deployment pair, int idle, CancellationToken end)
    {
        // What a first load leaves behind is no part of an idle connection.
        using (var warm = new SoakClients(64, pair.Port))
        {
            warm.Run(50, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), end);
            warm.Finish(LongestAnswer);
        }

        await Task.Delay(TimeSpan.FromSeconds(2), end);
        var start = ProcessFigures.Of(pair);
        progress.Say($"before: {ProcessFigures.Line(start)}");
        var clients = new SoakClients(idle, pair.Port);
        progress.Say($"{idle} connections are open: {ProcessFigures.Line(ProcessFigures.Of(pair))}");
        clients.SendOnce(end);
        clients.Finish(LongestAnswer);
        for (var waited = TimeSpan.Zero; waited < Quiet; waited += Step)
        {
            progress.Say($"each has had a response, {waited.TotalSeconds} s ago: {ProcessFigures.Line(ProcessFigures.Of(pair))}");
            await Task.Delay(Step, end);
        }

        var last = ProcessFigures.Of(pair);
        clients.Dispose();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{idle} idle connections: {(last[1].Megabytes - start[1].Megabytes) * 1e6 / 1024 / idle:0.00} KiB of private memory each in the worker; {clients.Lost} lost"));
        return await LeavesNothingAsync(pair, start, end) && clients.Lost == 0;
    }

    private async Task<bool> LeavesNothingAsync(Deployment pair, IReadOnlyList<ProcessFigures> start, CancellationToken end)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var now = ProcessFigures.Of(pair);
            var kept = start.Zip(now).Where(one => one.Second.Descriptors > one.First.Descriptors).ToList();
            if (kept.Count == 0)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"no descriptor is left {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s after the end"));
                return true;
            }

            if (Stopwatch.GetElapsedTime(began).TotalSeconds > Unused)
            {
                kept.ForEach(one => Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{one.First.Name} has {one.Second.Descriptors} descriptors, at the start {one.First.Descriptors}")));
                return false;
            }

            progress.Say($"waiting for connections between the sidecars to end: {ProcessFigures.Line(now)}");
            await Task.Delay(Step, end);
        }
    }
}
