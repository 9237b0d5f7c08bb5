using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Live;

/// <summary>
/// Publishes this node's record to the registry every 2 s, and at once after a change. Retries if the registry is unreachable.
/// </summary>
/// <param name="registry">The registry.</param>
/// <param name="describe">Returns the current record; null before there is one. Called on a pool thread.</param>
/// <param name="time">Clock of the interval.</param>
/// <param name="displaced">Called with the record of another node of this name that a publication replaced. Default: none.</param>
public sealed class NodePublisher(
    INodeRegistration registry, Func<NodeRecord?> describe, TimeProvider time, Action<NodeRecord>? displaced = null) : IAsyncDisposable
{
    /// <summary>Interval between publications: 2 s.</summary>
    // Not a retry of Polly: every publication has a newer record, so a failed one is not repeated but followed by the next.
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private ITimer? _timer;
    private bool _withdrawn;
    private bool _disposed;
    private int _asked;

    /// <summary>The error of the last publication, or null.</summary>
    public ConfigError? Error { get; private set; }

    /// <summary>Starts; publishes the first record at once.</summary>
    public void Start() => _timer = time.CreateTimer(_ => Nudge(), null, TimeSpan.Zero, Interval);

    /// <summary>Publishes soon, after a change.</summary>
    public void Nudge()
    {
        // One publication runs and one waits. A further one would publish the same record.
        if (Interlocked.Increment(ref _asked) <= 2)
        {
            _ = PublishInTurnAsync();
        }
        else
        {
            _ = Interlocked.Decrement(ref _asked);
        }
    }

    /// <summary>Publishes now and returns when done. An error is in <see cref="Error"/>.</summary>
    public Task PublishAsync() => InTurnAsync(async () =>
    {
        if (!_withdrawn && describe() is { } record)
        {
            try
            {
                await registry.PublishAsync(record, CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                TellDisplaced();
            }

            RefuseLarge(record);
        }
    });

    /// <summary>Removes the node from the registry until <see cref="ResumeAsync"/>.</summary>
    public Task WithdrawAsync(string node) => InTurnAsync(async () =>
    {
        _withdrawn = true;
        await registry.WithdrawAsync(node, CancellationToken.None).ConfigureAwait(false);
    });

    /// <summary>Publishes again after <see cref="WithdrawAsync"/>.</summary>
    public async Task ResumeAsync()
    {
        _withdrawn = false;
        await PublishAsync().ConfigureAwait(false);
    }

    /// <summary>Stops publishing without withdrawing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
        }

        await InTurnAsync(() =>
        {
            _disposed = true;
            return Task.CompletedTask;
        }).ConfigureAwait(false);
    }

    // The registration exists, but no node reads a record of this size.
    private static void RefuseLarge(NodeRecord record)
    {
        var length = NodeRecordText.Write(record).Length;
        if (length > NodeRecordText.MaxBytes)
        {
            throw new IOException($"the record of this node has {length / 1024} KiB, but "
                + $"other nodes read at most {NodeRecordText.MaxBytes / 1024} KiB: "
                    + "declare fewer services on this node, or fewer tags and metadata");
        }
    }

    private void TellDisplaced()
    {
        if (registry.Displaced is { } other)
        {
            displaced?.Invoke(other);
        }
    }

    private async Task PublishInTurnAsync()
    {
        try
        {
            await PublishAsync().ConfigureAwait(false);
        }
        finally
        {
            _ = Interlocked.Decrement(ref _asked);
        }
    }

    private async Task InTurnAsync(Func<Task> action)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_disposed)
            {
                await action().ConfigureAwait(false);
                Error = null;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Error = new ConfigError(SourceLocation.Option(registry.Name), "", $"this node could not be published ({exception.Message})",
                "check that the registry is writable; the node retries every 2 s");
        }
        finally
        {
            _ = _turn.Release();
        }
    }
}
