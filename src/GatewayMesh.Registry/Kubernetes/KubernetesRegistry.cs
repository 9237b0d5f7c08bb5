using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Kubernetes.Access;
using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Catalog;
using GatewayMesh.Registry.Kubernetes.Watching;

namespace GatewayMesh.Registry.Kubernetes;

/// <summary>
/// Kubernetes as a registry. Follows Services, EndpointSlices, and routes. A node writes nothing: its pod is in an EndpointSlice if a
/// Service selects it, and the kubelet reports its health.
/// </summary>
internal sealed class KubernetesRegistry : IRegistry
{
    // A kubeconfig that cannot be read may be fixed.
    private static readonly TimeSpan AccessRetry = TimeSpan.FromSeconds(5);

    private readonly BootstrapSpec _bootstrap;
    private readonly ObjectWatchTimes _times;
    private readonly TimeProvider _time;
    private volatile KubernetesReading? _reading;
    private long? _heardBefore;

    /// <summary>Creates the registry without connecting.</summary>
    public KubernetesRegistry(BootstrapSpec bootstrap, TimeProvider time)
        : this(bootstrap, new ObjectWatchTimes(), time)
    {
    }

    /// <summary>Creates the registry with other times.</summary>
    internal KubernetesRegistry(BootstrapSpec bootstrap, ObjectWatchTimes times, TimeProvider time) =>
        (_bootstrap, _times, _time) = (bootstrap, times, time);

    /// <inheritdoc/>
    public string Name => $"kubernetes://{_bootstrap.Registry!.Target}";

    /// <inheritdoc/>
    public long? HeardAt => _reading?.HeardAt ?? _heardBefore;

    /// <inheritdoc/>
    public async IAsyncEnumerable<RegistryReport> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var thread = new ParsingThread("kubernetes reading");
        ApiAccess? access;
        while (!TryReadAccess(out access, out var errors))
        {
            yield return new RegistryReport(null, null, errors) { Reached = false };
            await Task.Delay(AccessRetry, _time, cancellationToken).ConfigureAwait(false);
        }

        var client = new ApiClient(access!, new ApiClientOptions($"gatewaymesh-{_bootstrap.Role.Word()}/{_bootstrap.Node}", _time));
        var random = new Random(Environment.ProcessId ^ _bootstrap.Node.GetHashCode(StringComparison.Ordinal));
        var place = NodePlace.Of(_bootstrap, Environment.GetEnvironmentVariable);
        var reading = new KubernetesReading(
            Name, client, thread, place, _bootstrap.Role == MeshRole.Sidecar, _times, _time, random);
        await using (reading.ConfigureAwait(false))
        {
            (_heardBefore, _reading) = (HeardAt, reading);
            await foreach (var report in reading.ReportsAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return report;
            }
        }
    }

    /// <inheritdoc/>
    public Task PublishAsync(NodeRecord record, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task WithdrawAsync(string node, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool TryReadAccess(out ApiAccess? access, out ImmutableArray<ConfigError> errors)
    {
        var found = new ConfigErrors();
        access = AccessReader.Read(_bootstrap.Registry!.Target, found, _time);
        errors = found.ToSorted();
        return access is not null;
    }
}
