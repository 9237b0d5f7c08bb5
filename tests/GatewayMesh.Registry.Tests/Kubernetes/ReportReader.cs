using System.Collections.Immutable;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Registry.Tests.Kubernetes;

/// <summary>Reads the reports of a registry as they come.</summary>
internal sealed class ReportReader : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Task _reading;
    private ImmutableArray<RegistryReport> _all = [];

    public ReportReader(IConfigurationSource registry, CancellationToken cancellation)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _reading = Task.Run(() => ReadAsync(registry), CancellationToken.None);
    }

    /// <summary>All reports so far.</summary>
    public ImmutableArray<RegistryReport> All => _all;

    /// <summary>Waits until the latest report satisfies a condition, and returns the report.</summary>
    public async Task<RegistryReport> UntilAsync(string what, Func<RegistryReport, bool> condition)
    {
        RegistryReport? found = null;
        await Eventually.Until(
            what,
            () => _all is [.., var last] && condition(last) && (found = last) is not null,
            () => Task.FromResult(_all is [.., var last] ? last.ToString() + string.Join('\n', last.Errors) : "no report"));
        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAsync(IConfigurationSource registry)
    {
        try
        {
            await foreach (var report in registry.WatchAsync(_stop.Token))
            {
                ImmutableInterlocked.Update(ref _all, (all, added) => all.Add(added), report);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }
    }
}
