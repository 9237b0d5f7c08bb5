using System.Collections.Concurrent;
using System.Net.Sockets;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Roles.Health;

/// <summary>Asks each local application that has a <c>health</c> section whether it is ready. One without counts as healthy.</summary>
internal sealed class ApplicationHealth(TimeProvider time, Action changed) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, bool> _ready = new(StringComparer.Ordinal);
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero });
    private CancellationTokenSource _stop = new();
    private Task _checks = Task.CompletedTask;

    /// <summary>Whether the instance is ready, as far as its last check says; critical until the first one passed.</summary>
    internal bool IsReady(LocalServiceSpec service) => service.Health is null || _ready.GetValueOrDefault(service.Id);

    /// <summary>Checks these applications from now on, and no others.</summary>
    internal void Watch(IEnumerable<LocalServiceSpec> services)
    {
        _stop.Cancel();
        _stop = new CancellationTokenSource();
        var stop = _stop.Token;
        _checks = Task.WhenAll(services.Where(service => service.Health is not null).Select(service => CheckAsync(service, service.Health!, stop)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _checks.ConfigureAwait(false);
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task CheckAsync(LocalServiceSpec service, HealthSpec health, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var ready = await AskAsync(new HostPort(service.Address, service.Port), health, stop).ConfigureAwait(false);
                if (!_ready.TryGetValue(service.Id, out var before) || before != ready)
                {
                    _ready[service.Id] = ready;
                    changed();
                }

                await Task.Delay(health.Interval, time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> AskAsync(HostPort application, HealthSpec health, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(health.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            if (health.Http is { } path)
            {
                using var answer = await _client.GetAsync(new Uri($"http://{application}{path}"), HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
                return answer.IsSuccessStatusCode;
            }

            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(application.ToEndPoint(), either.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException or IOException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
