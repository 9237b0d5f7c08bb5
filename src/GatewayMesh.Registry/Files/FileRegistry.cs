using System.Runtime.CompilerServices;
using System.Threading.Channels;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Files;

/// <summary>
/// A folder as a registry: entries in <c>DIR/*.yaml</c>, <c>*.yml</c> and <c>*.json</c>, nodes in <c>DIR/nodes/NODE.yaml</c>. Nodes that
/// share the folder (a disk, a network file system, a synchronized folder) see each other.
/// </summary>
/// <param name="folder">The registry folder, which has to exist. The first publication creates only its subfolder <c>nodes</c>.</param>
/// <param name="time">Clock of the polls and of the nodes' liveness.</param>
public sealed class FileRegistry(string folder, TimeProvider time) : IRegistry
{
    /// <summary>Polling interval: 500 ms. File system notifications only speed up a poll, because network file systems send none.</summary>
    public static TimeSpan PollInterval { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Time for a read of the folder or a write to it before the registry counts as unreachable: 5 s.</summary>
    public static TimeSpan Patience { get; } = TimedRead.Limit;

    private readonly NodeFile _nodes = new(Path.Combine(folder, "nodes"), time);
    private readonly Lock _writing = new();
    private volatile RegistryFolder? _state;
    private readonly ReadContext _place = new();
    private Task _write = Task.CompletedTask;

    /// <summary>Creates a registry for tests, which see each access to the folder.</summary>
    internal FileRegistry(string folder, TimeProvider time, ReadContext place)
        : this(folder, time) => _place = place;

    /// <inheritdoc/>
    public long? HeardAt => _state?.HeardAt;

    /// <inheritdoc/>
    public string Name => $"file:{folder}";

    /// <inheritdoc/>
    public async IAsyncEnumerable<RegistryReport> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var state = new RegistryFolder(folder, time, _place);

        // Capacity 1: any number of ticks and hints during a read request one more read.
        var wakes = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        using var hints = new FolderHints(folder, () => wakes.Writer.TryWrite(true));
        await using var ticks = time.CreateTimer(_ => TryTick(wakes), null, PollInterval, PollInterval).ConfigureAwait(false);
        using var thread = new ParsingThread("registry folder");
        var readAll = true;
        _state = state;
        while (true)
        {
            var all = readAll;
            var look = thread.RunAsync(() =>
            {
                hints.Attach();
                return state.Poll(all);
            });
            var blocked = !await EndsAsync(look, cancellationToken).ConfigureAwait(false);
            if (blocked)
            {
                yield return state.Blocked(Patience);
            }

            // A hung disk may recover. The watch waits for its thread, because a second thread would hang too.
            var report = await look.WaitAsync(cancellationToken).ConfigureAwait(false);
            if ((blocked ? report ?? state.Last : report) is { } news)
            {
                yield return news;
            }

            readAll = await wakes.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task PublishAsync(NodeRecord record, CancellationToken cancellationToken) =>
        WriteAsync(() => _nodes.Publish(record), cancellationToken);

    /// <inheritdoc/>
    public NodeRecord? Displaced => _nodes.Displaced;

    /// <inheritdoc/>
    public Task WithdrawAsync(string node, CancellationToken cancellationToken) =>
        WriteAsync(() => _nodes.Withdraw(node), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // No caller waits for a hung write, and no second write starts before the first ends.
    private async Task WriteAsync(Action write, CancellationToken cancellationToken)
    {
        Task begun;
        lock (_writing)
        {
            if (!_write.IsCompleted)
            {
                throw Late();
            }

            begun = _write = Task.Factory.StartNew(write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        if (!await EndsAsync(begun, cancellationToken).ConfigureAwait(false))
        {
            throw Late();
        }

        await begun.ConfigureAwait(false);
    }

    private IOException Late() =>
        new($"{folder}: a write has been blocked for {Patience.TotalSeconds:0} s; check the disk or the network share");

    private async Task<bool> EndsAsync(Task work, CancellationToken cancellationToken)
    {
        await work.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return work.IsCompleted || cancellationToken.IsCancellationRequested;
    }

    // A tick must not displace a hint, which asks for a full read.
    private static void TryTick(Channel<bool> wakes)
    {
        if (wakes.Reader.Count == 0)
        {
            _ = wakes.Writer.TryWrite(false);
        }
    }
}
