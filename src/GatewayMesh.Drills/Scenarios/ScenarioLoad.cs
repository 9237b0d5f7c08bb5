using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;

namespace GatewayMesh.Drills.Scenarios;

/// <summary>
/// Sends requests in an open loop: each at its due time, independent of earlier answers. Latency counts from the due time. Not
/// <see cref="Load.LoadRun"/>, which reads only the answer's path through the mesh: a scenario needs the name of the application.
/// </summary>
/// <param name="port">Outbound port of the caller's sidecar.</param>
/// <param name="service">The called service.</param>
/// <param name="repeatsPosts">True for POSTs with an <c>Idempotency-Key</c> that are repeated until they are answered.</param>
/// <param name="users">Number of users in whose names the requests are sent, in turn; 0 for none.</param>
/// <param name="issuer">Source of the requests' tokens; null: they have none.</param>
/// <param name="time">The clock.</param>
internal sealed class ScenarioLoad(
    int port, string service, bool repeatsPosts, int users, ScenarioIssuer? issuer, TimeProvider time) : IDisposable
{
    /// <summary>Path of the requests; a POST's has its number behind it.</summary>
    public const string Path = "/work";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RepeatFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMilliseconds(50);

    // Every tenth user is in the group beta.
    private const int BetaEvery = 10;

    private int _posts;

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

            running.Add(repeatsPosts
                ? PostAsync(start, due, answers)
                : SendAsync(start, due, users > 0 ? i % users : null, issuer?.TokenOf(i), answers));
        }

        await Task.WhenAll(running).ConfigureAwait(false);
        return answers;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // A request that is not answered, or answered by a proxy, is sent again, as a careful application does.
    private async Task PostAsync(long start, TimeSpan due, ConcurrentBag<ScenarioAnswer> answers)
    {
        var number = Interlocked.Increment(ref _posts).ToString(CultureInfo.InvariantCulture);
        var status = 0;
        while (status is 0 or (>= 502 and <= 504) && time.GetElapsedTime(start) - due < RepeatFor)
        {
            if (status != 0)
            {
                await Task.Delay(RepeatAfter, time).ConfigureAwait(false);
            }

            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"{Path}/{number}") { Headers = { Host = service } };
                request.Headers.Add("Idempotency-Key", $"\"scenario-{number}\"");
                request.Content = new StringContent("10 EUR");
                using var answer = await _client.SendAsync(request).ConfigureAwait(false);
                status = (int)answer.StatusCode;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                await Task.Delay(RepeatAfter, time).ConfigureAwait(false);
            }
        }

        answers.Add(new ScenarioAnswer(status, time.GetElapsedTime(start) - due, null));
    }

    private async Task SendAsync(long start, TimeSpan due, int? user, string? token, ConcurrentBag<ScenarioAnswer> answers)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Path) { Headers = { Host = service } };
            request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            if (user is { } number)
            {
                request.Headers.Add("x-user", string.Create(CultureInfo.InvariantCulture, $"user-{number}"));
                request.Headers.Add("x-groups", number % BetaEvery == 0 ? "staff, beta" : "staff");
            }

            using var answer = await _client.SendAsync(request).ConfigureAwait(false);
            answers.Add(
                new ScenarioAnswer(
                    (int)answer.StatusCode,
                    time.GetElapsedTime(start) - due,
                    answer.Headers.TryGetValues(ScenarioApplication.NameField, out var names) ? names.First() : null) { User = user });
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            answers.Add(new ScenarioAnswer(0, time.GetElapsedTime(start) - due, null) { User = user });
        }
    }
}
