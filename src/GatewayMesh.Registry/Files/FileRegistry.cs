using System.Runtime.CompilerServices;
using System.Threading.Channels;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Files;

/// <summary>
/// A folder as a registry: entries in <c>DIR/*.yaml</c>, <c>*.yml</c> and <c>*.json</c>, nodes in <c>DIR/nodes/NODE.yaml</c>. Nodes that
/// share the folder (a disk, a network file system, a synchronised folder) see each other.
/// </summary>
/// <param name="folder">The folder; made by the first publication when it is not there.</param>
/// <param name="time">Clock of the polls and of the nodes' life.</param>
public sealed class FileRegistry(string folder, TimeProvider time) : IRegistry
{
    /// <summary>Time between two looks at the folder: 500 ms. Notifications of the system only make it faster, since network file systems send none.</summary>
    public static TimeSpan PollInterval { get; } = TimeSpan.FromMilliseconds(500);

    private readonly NodeFile _nodes = new(Path.Combine(folder, "nodes"), time);

    /// <inheritdoc/>
    public string Name => $"file:{folder}";

    /// <inheritdoc/>
    public async IAsyncEnumerable<RegistryReport> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var state = new RegistryFolder(folder, time);

        // One place: any number of ticks and hints that come during a reading ask for one more.
        var wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        using var hints = new FolderHints(folder, () => wakes.Writer.TryWrite(true));
        await using var ticks = time.CreateTimer(_ => TryTick(wakes), null, PollInterval, PollInterval).ConfigureAwait(false);
        var readAll = true;
        while (true)
        {
            hints.Attach();
            if (state.Poll(readAll) is { } report)
            {
                yield return report;
            }

            readAll = await wakes.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task PublishAsync(NodeRecord record, CancellationToken cancellationToken) =>
        Task.Run(() => _nodes.Publish(record), cancellationToken);

    /// <inheritdoc/>
    public Task WithdrawAsync(string node, CancellationToken cancellationToken) =>
        Task.Run(() => _nodes.Withdraw(node), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // A tick must not push a hint out of its place: a hint asks for more.
    private static void TryTick(Channel<bool> wakes)
    {
        if (wakes.Reader.Count == 0)
        {
            _ = wakes.Writer.TryWrite(false);
        }
    }
}
