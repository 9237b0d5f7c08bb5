using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Live;

/// <summary>Says to the registry every 2 s what this node is, and at once when something changed; a registry that is away is asked again.</summary>
/// <param name="registry">The registry.</param>
/// <param name="say">What to say at this moment; null while there is nothing to say yet. Called on a pool thread.</param>
/// <param name="time">Clock of the rhythm.</param>
/// <param name="displaced">Told of a record of another node of this name that a publication replaced. Default: nobody is told.</param>
public sealed class NodePublisher(IRegistry registry, Func<NodeRecord?> say, TimeProvider time, Action<NodeRecord>? displaced = null) : IAsyncDisposable
{
    /// <summary>Time between two publications: 2 s.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private ITimer? _timer;
    private bool _withdrawn;
    private bool _disposed;
    private int _asked;

    /// <summary>What went wrong the last time, or null.</summary>
    public ConfigError? Error { get; private set; }

    /// <summary>Begins; the first record is published at once.</summary>
    public void Start() => _timer = time.CreateTimer(_ => Nudge(), null, TimeSpan.Zero, Interval);

    /// <summary>Publishes soon: something changed.</summary>
    public void Nudge()
    {
        // One waits for its turn, one publishes: more would say the same.
        if (Interlocked.Increment(ref _asked) <= 2)
        {
            _ = PublishInTurnAsync();
        }
        else
        {
            _ = Interlocked.Decrement(ref _asked);
        }
    }

    /// <summary>Publishes now and returns when it is done; what goes wrong stands in <see cref="Error"/>.</summary>
    public Task PublishAsync() => InTurnAsync(async () =>
    {
        if (!_withdrawn && say() is { } record)
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

    /// <summary>Takes the node out of the registry and keeps it out until <see cref="ResumeAsync"/>.</summary>
    public Task WithdrawAsync(string node) => InTurnAsync(async () =>
    {
        _withdrawn = true;
        await registry.WithdrawAsync(node, CancellationToken.None).ConfigureAwait(false);
    });

    /// <summary>Comes back after <see cref="WithdrawAsync"/>.</summary>
    public async Task ResumeAsync()
    {
        _withdrawn = false;
        await PublishAsync().ConfigureAwait(false);
    }

    /// <summary>Falls silent, without withdrawing.</summary>
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

    // What is registered stands; but nobody reads the record.
    private static void RefuseLarge(NodeRecord record)
    {
        var length = NodeRecordText.Write(record).Length;
        if (length > NodeRecordText.MaxBytes)
        {
            throw new IOException($"its record has {length / 1024} KiB, others read {NodeRecordText.MaxBytes / 1024} KiB at most: declare fewer services on this node, or fewer tags and pairs");
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
            Error = new ConfigError(SourceLocation.Option(registry.Name), "", $"this node could not be published ({exception.Message})", "check that the registry can be written to; it is tried again every 2 s");
        }
        finally
        {
            _ = _turn.Release();
        }
    }
}
