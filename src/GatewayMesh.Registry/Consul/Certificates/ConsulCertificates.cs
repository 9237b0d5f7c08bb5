using System.Collections.Immutable;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Registry.Consul.Watching;

namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>The certificates of one node from Consul's authority: the roots, and one leaf for each identity.</summary>
internal sealed class ConsulCertificates(CertificateFolder folder, CertificateTroubles troubles, WatchContext context)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Task Run, CancellationTokenSource Stop)> _leafs = new(StringComparer.Ordinal);
    private ImmutableArray<string> _services = [];
    private CancellationToken? _running;

    /// <summary>Sets the node's identities. A leaf that is no longer needed is no longer renewed.</summary>
    public void Follow(ImmutableArray<string> services)
    {
        lock (_lock)
        {
            _services = services;
            if (_running is { IsCancellationRequested: false } running)
            {
                Follow(running);
            }
        }
    }

    /// <summary>Keeps the certificates current until cancelled; never throws.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            _running = cancellation;
            Follow(cancellation);
        }

        await Task.Run(
            () => new RootsWatch(folder, troubles, context).RunAsync(cancellation), CancellationToken.None).ConfigureAwait(false);
        List<(Task Run, CancellationTokenSource Stop)> left;
        lock (_lock)
        {
            left = [.. _leafs.Values];
            _leafs.Clear();
        }

        await Task.WhenAll(left.Select(leaf => leaf.Run)).ConfigureAwait(false);
        left.ForEach(leaf => leaf.Stop.Dispose());
    }

    private void Follow(CancellationToken running)
    {
        foreach (var gone in _leafs.Keys.Except(_services).ToList())
        {
            _ = _leafs.Remove(gone, out var leaf);
            leaf.Stop.Cancel();
            _ = ForgetAsync(gone, leaf.Run, leaf.Stop);
        }

        foreach (var name in _services.Where(name => !_leafs.ContainsKey(name)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(running);
            _leafs.Add(
                name, (Task.Run(() => new LeafWatch(name, folder, troubles, context).RunAsync(stop.Token), CancellationToken.None), stop));
        }
    }

    private async Task ForgetAsync(string service, Task run, CancellationTokenSource stop)
    {
        await run.ConfigureAwait(false);
        stop.Dispose();
        troubles.Report(service, null);
    }
}
