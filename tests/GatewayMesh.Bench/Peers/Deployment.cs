using GatewayMesh.Bench.Loads;
using GatewayMesh.Bench.Processes;

namespace GatewayMesh.Bench.Peers;

/// <summary>The running programs of a peer in one setup.</summary>
internal sealed class Deployment(string name, IReadOnlyList<HopProcess> started) : IAsyncDisposable
{
    private const double QuietShare = 0.1;
    private static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(500);
    private readonly List<HopProcess> _hops = [.. started];

    /// <summary>Name in the report: the peer, and the setup unless each peer has that one.</summary>
    public string Name => name;

    /// <summary>Port for clients on 127.0.0.1.</summary>
    public required int Port { get; init; }

    /// <summary>Port for clients with HTTP/2. Default: none, the peer is not measured with HTTP/2.</summary>
    public int? Http2Port { get; init; }

    /// <summary>Configuration files by name.</summary>
    public required IReadOnlyDictionary<string, string> Configuration { get; init; }

    /// <summary>The programs, the one that clients call first.</summary>
    public IReadOnlyList<HopProcess> Hops => _hops;

    /// <summary>Starts the first hop again. Default: none, the peer is not measured that way.</summary>
    public Func<Task<HopProcess>>? StartFirst { get; init; }

    /// <summary>Reads how long a worker took to be ready, in milliseconds, from the output of a hop; null before that.</summary>
    public Func<string, double?> ReadyMilliseconds { get; init; } = _ => null;

    /// <summary>True if the deployment can be measured with a load; null is a restart.</summary>
    public bool Takes(Load? load) =>
        load is null ? StartFirst is not null : load.Streams == 0 || Http2Port is not null;

    /// <summary>Waits until the application answers through the hops.</summary>
    /// <exception cref="BenchException">A program ended, or no answer came in time.</exception>
    public async Task UntilReadyAsync(TimeSpan limit, CancellationToken end)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}"), Timeout = TimeSpan.FromSeconds(5) };
        client.DefaultRequestHeaders.Host = "payments";
        var last = "no answer";
        var deadline = TimeProvider.System.GetUtcNow() + limit;
        while (TimeProvider.System.GetUtcNow() < deadline && !_hops.Any(hop => hop.HasExited))
        {
            try
            {
                using var answer = await client.GetAsync("/", end);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                last = $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(end)}";
            }
            catch (HttpRequestException error)
            {
                last = error.Message;
            }
            catch (TaskCanceledException error) when (!end.IsCancellationRequested)
            {
                last = error.Message;
            }

            await Task.Delay(50, end);
        }

        throw new BenchException($"{name} does not become ready: {last}\n{string.Join('\n', _hops.Select(hop => $"{hop.Name}:\n{hop.Log}"))}");
    }

    /// <summary>Waits until the programs use little processor time: they have read everything that they read at the start.</summary>
    /// <returns>False if they were still busy at the end of <paramref name="limit"/>.</returns>
    public async Task<bool> UntilQuietAsync(TimeSpan limit, CancellationToken end)
    {
        var pids = _hops.SelectMany(hop => hop.Pids).ToList();
        var deadline = TimeProvider.System.GetUtcNow() + limit;
        while (TimeProvider.System.GetUtcNow() < deadline)
        {
            var before = ProcessorTime.Of(pids);
            await Task.Delay(QuietTime, end);
            if (ProcessorTime.Of(pids) - before < QuietTime * QuietShare)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Ends the first hop and starts it again, with the files of its last run.</summary>
    public async Task RestartAsync()
    {
        await _hops[0].EndAsync();
        await _hops[0].DisposeAsync();
        _hops[0] = await StartFirst!();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var hop in _hops)
        {
            await hop.DisposeAsync();
        }
    }
}
