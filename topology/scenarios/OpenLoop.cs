using System.Collections.Concurrent;
using System.Diagnostics;

namespace GatewayMesh.Scenarios;

/// <summary>
/// Sends requests in an open loop: each at its due time, independent of earlier answers. Latency counts from the due time.
/// </summary>
internal sealed class OpenLoop(int port, string service) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 512 })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        Timeout = Patience,
    };

    /// <summary>Sends <paramref name="rate"/> requests a second.</summary>
    public async Task<Figures> RunAsync(int rate, TimeSpan duration, IReadOnlyList<Instance> instances)
    {
        var total = (int)(rate * duration.TotalSeconds);
        var before = instances.Select(instance => instance.Requests).ToArray();
        var answers = new ConcurrentBag<Answer>();
        var running = new List<Task>(total);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < total; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate);
            if (due - clock.Elapsed is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait);
            }

            running.Add(SendAsync(clock, due, answers));
        }

        await Task.WhenAll(running);
        return new Figures([.. answers], instances.Select((instance, i) => (instance.Name, instance.Requests - before[i])).ToDictionary());
    }

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(Stopwatch clock, TimeSpan due, ConcurrentBag<Answer> answers)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/work") { Headers = { Host = service } };
            using var answer = await _client.SendAsync(request);
            answers.Add(
                new Answer(
                    (int)answer.StatusCode,
                    clock.Elapsed - due,
                    answer.Headers.TryGetValues("X-Instance", out var names) ? names.First() : null));
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            answers.Add(new Answer(0, clock.Elapsed - due, null));
        }
    }
}
