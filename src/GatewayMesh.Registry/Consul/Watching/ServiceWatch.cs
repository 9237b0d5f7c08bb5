using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>The watch on one service's instances, with its own cancellation.</summary>
internal sealed class ServiceWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    /// <summary>Starts the watch.</summary>
    public ServiceWatch(Watch<DiscoveredInstance> watch)
    {
        Watch = watch;
        _run = Task.Run(() => watch.RunAsync(_stop.Token));
    }

    /// <summary>The watch.</summary>
    public Watch<DiscoveredInstance> Watch { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        _stop.Dispose();
    }
}
