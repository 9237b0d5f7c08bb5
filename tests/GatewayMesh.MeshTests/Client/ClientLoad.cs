using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using GatewayMesh.Client;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Client;

/// <summary>An application with the client library: so many requests, a thousand a second by the clock, at most twenty at a time.</summary>
internal sealed class ClientLoad : IAsyncDisposable
{
    public const int Total = 10_000;
    private const int Workers = 20;
    private const int Rate = 1_000;
    private readonly HttpClient _client;
    private readonly HttpMethod _method;
    private readonly MeterListener _meter = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly ConcurrentQueue<double> _milliseconds = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentDictionary<string, long> _failovers = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _next;
    private int _ok;
    private int _failed;

    public ClientLoad(TwoHosts hosts, Mesh mesh, HttpMethod? method = null)
    {
        _method = method ?? HttpMethod.Get;
        _meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == GatewayMeshTelemetry.MeterName && instrument.Name == "gatewaymesh_client_failovers_total")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meter.SetMeasurementEventCallback<long>((_, value, tags, _) => _failovers.AddOrUpdate($"{tags[0].Value}→{tags[1].Value} {tags[2].Value}", value, (_, sum) => sum + value));
        _meter.Start();
        _client = new HttpClient(new GatewayMeshHandler(new GatewayMeshOptions
        {
            Outbound = hosts.Outbound.ToString(),
            Service = "web",
            RunDirectory = Path.Combine(mesh.Folder, hosts.HostA.Name, "run"),
        }))
        {
            BaseAddress = new Uri("http://payments"),
            Timeout = TimeSpan.FromSeconds(20),
        };
        _running = Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(WorkAsync)));
    }

    public int Ok => Volatile.Read(ref _ok);

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Failovers, by from, to and reason.</summary>
    public IReadOnlyDictionary<string, long> Failovers => _failovers;

    public string Report
    {
        get
        {
            double[] sorted = [.. _milliseconds.Order()];
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{_method}: sent {Math.Min(Volatile.Read(ref _next), Total)}, ok {Ok}, failed {Failed}; ms: p50 {At(0.5):0.0}, p99 {At(0.99):0.0}, max {At(1):0.0}; failovers: {string.Join(", ", _failovers.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}"))}\n")
                + string.Join('\n', _failures);
            double At(double share) => sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * share)];
        }
    }

    /// <summary>Waits until that many more requests were answered.</summary>
    public Task UntilServedAsync(int more)
    {
        var goal = Math.Min(Ok + more, Total - Failed);
        return Eventually.Until($"{more} more requests served", () => Ok >= goal, () => Task.FromResult(Report));
    }

    /// <summary>Lets all requests be sent and answered, and tells what there was.</summary>
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

    private async Task WorkAsync()
    {
        while (!_stop.IsCancellationRequested && Interlocked.Increment(ref _next) is var number && number <= Total)
        {
            var due = TimeSpan.FromSeconds((double)number / Rate) - _watch.Elapsed;
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due);
            }

            var start = Stopwatch.GetTimestamp();
            try
            {
                using var request = new HttpRequestMessage(_method, "/work");
                request.Headers.Add("X-Work", number.ToString(CultureInfo.InvariantCulture));
                if (_method == HttpMethod.Post)
                {
                    request.Content = new ByteArrayContent([1, 2, 3]);
                }

                using var answer = await _client.SendAsync(request, _stop.Token);
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
                if (_failures.Count < 10)
                {
                    _failures.Enqueue($"{_watch.Elapsed.TotalSeconds:0.00} s: {failure.Message} ← {failure.InnerException?.InnerException?.Message ?? failure.InnerException?.Message}");
                }
            }

            _milliseconds.Enqueue(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }
}
