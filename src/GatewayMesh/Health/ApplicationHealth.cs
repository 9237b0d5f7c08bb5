using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Health;

/// <summary>Health checks of the local applications. An application without a <c>health</c> section counts as healthy.</summary>
internal sealed class ApplicationHealth(TimeProvider time, Action changed) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, HealthState> _states = new(StringComparer.Ordinal);
    private readonly HttpClient _client = new(
        new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero });
    private CancellationTokenSource _stop = new();
    private Task _checks = Task.CompletedTask;

    /// <summary>True if the last check passed; false until the first check has passed.</summary>
    internal bool IsReady(LocalServiceSpec service) => service.Health is null || _states.GetValueOrDefault(service.Id) is { Failure: null };

    /// <summary>Error of the last two checks of an instance; null while the instance is healthy or has fewer than two results.</summary>
    internal string? Failure(LocalServiceSpec service) =>
        _states.GetValueOrDefault(service.Id) is { Failures: > 1, Failure: { } failure } ? failure : null;

    /// <summary>Sets the applications to check.</summary>
    internal void Watch(IEnumerable<LocalServiceSpec> services)
    {
        _stop.Cancel();
        _stop = new CancellationTokenSource();
        var stop = _stop.Token;
        _checks = Task.WhenAll(
            services.Where(service => service.Health is not null).Select(service => CheckAsync(service, service.Health!, stop)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _checks.ConfigureAwait(false);
        _client.Dispose();
        _stop.Dispose();
    }

    // Not a retry of Polly: a check has a period, whether the last one passed or failed, and each result is shown.
    private async Task CheckAsync(LocalServiceSpec service, HealthSpec health, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var failure = await AskAsync(new HostPort(service.Address, service.Port), health, stop).ConfigureAwait(false);
                var before = _states.GetValueOrDefault(service.Id);
                _states[service.Id] = new HealthState(failure, failure is null ? 0 : (before?.Failures ?? 0) + 1);
                if (before is null || before.Failure is null != failure is null)
                {
                    changed();
                }

                await Task.Delay(health.Interval, time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    // Null when healthy, otherwise the error.
    private async Task<string?> AskAsync(HostPort application, HealthSpec health, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(health.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            if (health.Http is { } path)
            {
                using var answer = await _client.GetAsync(
                    new Uri($"http://{application}{path}"), HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
                return answer.IsSuccessStatusCode
                    ? null
                    : string.Create(CultureInfo.InvariantCulture, $"{path} returned {(int)answer.StatusCode}");
            }

            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(application.ToEndPoint(), either.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException or IOException or OperationCanceledException
            && !stop.IsCancellationRequested)
        {
            return failure is OperationCanceledException ? $"no response within {DurationText.Format(health.Timeout)}"
                : failure.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "connection refused"
                : failure.GetBaseException().Message;
        }
    }
}
