using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>
/// Body of a running request, buffered while it is sent so that it can be sent again:
/// <code>
/// client ──► source ──► kept (up to the limit) ──► the reader of each attempt, from the first byte
///                          └─ beyond the limit ──► the current reader; no further attempt
/// </code>
/// Bytes are passed on as they arrive. A read of the source outlives the attempt that started it, so that no byte is lost with an abandoned
/// attempt; an attempt that is no longer the latest reads nothing more. The lock is taken by one reader, and by a stale reader that is
/// being turned away. Reused.
/// </summary>
[
    SuppressMessage(
        "Design", "CA1001", Justification = "Reused for the life of the exchange; an idle source without a timer holds no resources.")]
internal sealed class ReplayBody
{
    private const int FirstRent = 4096;

    private readonly Lock _gate = new();
    private CancellationTokenSource _stop = new();
    private Stream? _source;
    private ReplayReader? _reader;
    private Task _filling = Task.CompletedTask;
    private byte[] _kept = [];
    private int _length;
    private int _limit;
    private bool _ended;
    private bool _over;

    /// <summary>True while the object holds a request's body.</summary>
    public bool IsActive => _source is not null;

    /// <summary>True if all bytes read are buffered, so that another attempt can begin.</summary>
    public bool CanRewind
    {
        get
        {
            lock (_gate)
            {
                return _source is not null && !_over;
            }
        }
    }

    /// <summary>True if the whole body has arrived and is buffered.</summary>
    public bool IsWhole
    {
        get
        {
            lock (_gate)
            {
                return _ended && !_over;
            }
        }
    }

    /// <summary>Takes over a body.</summary>
    /// <param name="source">Body from the client.</param>
    /// <param name="limit">Maximum number of buffered bytes.</param>
    public void Begin(Stream source, int limit)
    {
        _source = source;
        _limit = limit;
        if (!_stop.TryReset())
        {
            _stop.Dispose();
            _stop = new CancellationTokenSource();
        }
    }

    /// <summary>Returns the body from its first byte; a previous reader ends.</summary>
    public Stream Read()
    {
        lock (_gate)
        {
            return _reader = new ReplayReader(this);
        }
    }

    /// <summary>Returns a copy of the body; valid only if <see cref="IsWhole"/>.</summary>
    public byte[] ToArray()
    {
        lock (_gate)
        {
            return _kept.AsSpan(0, _length).ToArray();
        }
    }

    /// <summary>Ends the request: nothing more is read, and the buffer is returned.</summary>
    /// <returns>The body as it came from the client, for the server to continue with.</returns>
    public async ValueTask<Stream> EndAsync()
    {
        if (!_filling.IsCompleted)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _filling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lock (_gate)
        {
            var source = _source!;
            ReturnBuffer();
            (_source, _reader, _filling, _ended, _over) = (null, null, Task.CompletedTask, false, false);
            return source;
        }
    }

    /// <summary>Reads for <paramref name="reader"/> at <paramref name="position"/> of the body.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(ReplayReader reader, long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task filling;
            lock (_gate)
            {
                if (_reader != reader)
                {
                    throw new IOException("Another attempt has begun.");
                }

                if (position < _length)
                {
                    var count = (int)Math.Min(buffer.Length, _length - position);
                    _kept.AsSpan((int)position, count).CopyTo(buffer.Span);
                    return count;
                }

                if (_ended)
                {
                    return 0;
                }

                if (_over)
                {
                    ReturnBuffer();
                    break;
                }

                if (_filling.IsCompletedSuccessfully)
                {
                    _filling = FillAsync(_source!);
                }

                filling = _filling;
            }

            await filling.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (buffer.IsEmpty)
            {
                return 0; // an empty read only waits for data
            }
        }

        return await _source!.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    // Reads up to one byte more than the limit, to find out whether there is one.
    private async Task FillAsync(Stream source)
    {
        if (_length == _kept.Length)
        {
            Grow();
        }

        var space = _kept.AsMemory(_length, Math.Min(_kept.Length, _limit + 1) - _length);
        var count = await source.ReadAsync(space, _stop.Token).ConfigureAwait(false);
        lock (_gate)
        {
            _length += count;
            _ended = count == 0;
            _over = _length > _limit;
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Math.Max(FirstRent, 2 * _kept.Length), _limit + 1));
        _kept.AsSpan(0, _length).CopyTo(larger);
        if (_kept.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_kept);
        }

        _kept = larger;
    }

    // Positions continue from the length: a reader beyond the limit reads from the source itself.
    private void ReturnBuffer()
    {
        if (_kept.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_kept);
            _kept = [];
        }

        _length = 0;
    }
}
