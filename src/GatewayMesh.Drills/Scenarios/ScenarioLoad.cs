using System.Collections.Concurrent;

namespace GatewayMesh.Drills.Scenarios;

/// <summary>
/// Sends requests in an open loop: each at its due time, independent of earlier answers. Latency counts from the due time. Not
/// <see cref="Load.LoadRun"/>, which reads only the answer's path through the mesh: a scenario needs the name of the application.
/// </summary>
internal sealed class ScenarioLoad(int port, string service, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly HttpClient _client = new(
        new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 512,
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
        })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        Timeout = Patience,
    };

    /// <summary>Sends <paramref name="rate"/> requests a second for <paramref name="duration"/>, and waits for their answers.</summary>
    public async Task<IReadOnlyCollection<ScenarioAnswer>> RunAsync(int rate, TimeSpan duration, CancellationToken cancellation)
    {
        var total = (int)(rate * duration.TotalSeconds);
        var answers = new ConcurrentBag<ScenarioAnswer>();
        var running = new List<Task>(total);
        var start = time.GetTimestamp();
        for (var i = 0; i < total; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate);
            if (due - time.GetElapsedTime(start) is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
            }

            running.Add(SendAsync(start, due, answers));
        }

        await Task.WhenAll(running).ConfigureAwait(false);
        return answers;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task SendAsync(long start, TimeSpan due, ConcurrentBag<ScenarioAnswer> answers)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/work") { Headers = { Host = service } };
            using var answer = await _client.SendAsync(request).ConfigureAwait(false);
            answers.Add(
                new ScenarioAnswer(
                    (int)answer.StatusCode,
                    time.GetElapsedTime(start) - due,
                    answer.Headers.TryGetValues(ScenarioApplication.NameField, out var names) ? names.First() : null));
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            answers.Add(new ScenarioAnswer(0, time.GetElapsedTime(start) - due, null));
        }
    }
}
