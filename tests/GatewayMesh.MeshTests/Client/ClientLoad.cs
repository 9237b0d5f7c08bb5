using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using GatewayMesh.Client;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Client;

/// <summary>
/// An application with the client library, by the clock: 10,000 GETs, a thousand per second, at most twenty at a time; and on the same
/// handler 2,500 POSTs, 250 per second, at most ten at a time. With keys, there are as many GETs as POSTs, each 500 per second.
/// </summary>
internal sealed class ClientLoad : IAsyncDisposable
{
    private readonly HttpClient _client;
    private readonly MeterListener _meter = new();
    private readonly ConcurrentDictionary<string, long> _failovers = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public ClientLoad(TwoHosts hosts, LocalMesh mesh, Version? version = null, bool hasKeys = false)
    {
        _meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == GatewayMeshTelemetry.MeterName && instrument.Name == "gatewaymesh_client_failovers_total")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meter.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
                _failovers.AddOrUpdate($"{tags[0].Value}→{tags[1].Value} {tags[2].Value}", value, (_, sum) => sum + value));
        _meter.Start();
        _client = new HttpClient(new GatewayMeshHandler(new GatewayMeshOptions
        {
            Outbound = hosts.Outbound.ToString(),
            Service = "web",
            CreateIdempotencyKeys = hasKeys,
            RunDirectory = Path.Combine(mesh.Folder, hosts.HostA.Name, "run"),
        }))
        {
            BaseAddress = new Uri("http://payments"),
            Timeout = TimeSpan.FromSeconds(20),
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var posts = hasKeys && int.TryParse(Environment.GetEnvironmentVariable("MESH_TESTS_POSTS"), out var asked) ? asked : hasKeys ? 3_000 : 2_500;
        Gets = new Stream(_client, HttpMethod.Get, total: hasKeys ? posts : 10_000, rate: hasKeys ? 500 : 1_000, workers: 20, _stop.Token);
        Posts = new Stream(_client, HttpMethod.Post, total: posts, rate: hasKeys ? 500 : 250, workers: 10, _stop.Token);
        _running = Task.WhenAll(Gets.Running, Posts.Running);
    }

    public Stream Gets { get; }

    public Stream Posts { get; }

    /// <summary>Failovers, by from, to and reason.</summary>
    public IReadOnlyDictionary<string, long> Failovers => _failovers;

    public string Report =>
        $"{Gets.Report}\n{Posts.Report}\nfailovers: "
            + $"{string.Join(", ", _failovers.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}"))}";

    /// <summary>Waits until that many more GETs are answered.</summary>
    public Task UntilServedAsync(int more)
    {
        var goal = Math.Min(Gets.Ok + more, Gets.Total - Gets.Failed);
        return Eventually.Until($"{more} more requests served", () => Gets.Ok >= goal, () => Task.FromResult(Report));
    }

    /// <summary>Waits until all requests are sent and answered, and returns the report.</summary>
    public async Task EndAsync()
    {
        await _running;
        await TestContext.Out.WriteLineAsync(Report);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _meter.Dispose();
        _client.Dispose();
        _stop.Dispose();
    }

    /// <summary>Requests of one method. Each names its work, so that the application can count its executions.</summary>
    public sealed class Stream
    {
        private readonly HttpClient _client;
        private readonly HttpMethod _method;
        private readonly int _rate;
        private readonly CancellationToken _stop;
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private readonly ConcurrentQueue<double> _milliseconds = new();
        private readonly ConcurrentQueue<string> _failures = new();
        private int _next;
        private int _ok;
        private int _failed;

        public Stream(HttpClient client, HttpMethod method, int total, int rate, int workers, CancellationToken stop)
        {
            _client = client;
            _method = method;
            _rate = rate;
            _stop = stop;
            Total = total;
            Running = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync, CancellationToken.None)));
        }

        public int Total { get; }

        public Task Running { get; }

        public int Ok => Volatile.Read(ref _ok);

        public int Failed => Volatile.Read(ref _failed);

        public string Report
        {
            get
            {
                double[] sorted = [.. _milliseconds.Order()];
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_method}: sent {Math.Min(Volatile.Read(ref _next), Total)}, ok {Ok}, failed {Failed}; ms: p50 {At(0.5):0.0}, p99 "
                        + $"{At(0.99):0.0}, max {At(1):0.0}")
                    + string.Concat(_failures.Select(failure => "\n  " + failure));
                double At(double share) => sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * share)];
            }
        }

        private async Task WorkAsync()
        {
            while (!_stop.IsCancellationRequested && Interlocked.Increment(ref _next) is var number && number <= Total)
            {
                var due = TimeSpan.FromSeconds((double)number / _rate) - _watch.Elapsed;
                if (due > TimeSpan.Zero)
                {
                    await Task.Delay(due, CancellationToken.None);
                }

                var start = Stopwatch.GetTimestamp();
                try
                {
                    using var request = new HttpRequestMessage(_method, "/work")
                    {
                        Version = _client.DefaultRequestVersion,
                        VersionPolicy = _client.DefaultVersionPolicy,
                    };
                    request.Headers.Add("X-Work", $"{_method} {number}");
                    if (_method == HttpMethod.Post)
                    {
                        request.Content = new ByteArrayContent([1, 2, 3]);
                    }

                    using var answer = await _client.SendAsync(request, _stop);
                    answer.EnsureSuccessStatusCode();
                    Interlocked.Increment(ref _ok);
                }
                catch (OperationCanceledException) when (_stop.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception failure)
                {
                    Interlocked.Increment(ref _failed);
                    if (_failures.Count < 5)
                    {
                        _failures.Enqueue($"{_watch.Elapsed.TotalSeconds:0.00} s: {failure.Message}");
                    }
                }

                _milliseconds.Enqueue(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
    }
}
