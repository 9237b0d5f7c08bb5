using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>
/// The body of a request on its way, kept while it is sent so that it can be sent again:
/// <code>
/// client ──► source ──► kept (up to the limit) ──► the reader of each attempt, from the first byte
///                          └─ beyond the limit ──► the one reader there is; no further attempt
/// </code>
/// Bytes are passed on as they come. A read of the source outlives the attempt that asked for it, so that no byte is lost with an attempt that is given up;
/// an attempt that is no longer the last one reads nothing more. The lock is taken by one reader, and by a stale one that is being turned away. Reused.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Reused by the exchange, which has no end for it; an idle source without timer holds nothing.")]
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

    /// <summary>It holds a request's body.</summary>
    public bool IsActive => _source is not null;

    /// <summary>Everything that was read is kept: another attempt can begin.</summary>
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

    /// <summary>The whole body has come and is kept.</summary>
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
    /// <param name="source">The body as it comes from the client.</param>
    /// <param name="limit">Bytes that may be kept.</param>
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

    /// <summary>The body from its first byte; the reader before it, if any, is through.</summary>
    public Stream Read()
    {
        lock (_gate)
        {
            return _reader = new ReplayReader(this);
        }
    }

    /// <summary>A copy of the body; only when <see cref="IsWhole"/>.</summary>
    public byte[] ToArray()
    {
        lock (_gate)
        {
            return _kept.AsSpan(0, _length).ToArray();
        }
    }

    /// <summary>The request is over: nothing is read any more, and what was kept is given back.</summary>
    /// <returns>The body as it came from the client, for the server to go on with.</returns>
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
            GiveBack();
            (_source, _reader, _filling, _ended, _over) = (null, null, Task.CompletedTask, false, false);
            return source;
        }
    }

    /// <summary>Reads for <paramref name="reader"/> at <paramref name="position"/> of the body.</summary>
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
                    GiveBack();
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
                return 0; // who asks for no byte waits for one
            }
        }

        return await _source!.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    // One byte more than the limit, to see whether there is one.
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

    // Positions go on from the length: a reader beyond the limit asks the source itself.
    private void GiveBack()
    {
        if (_kept.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_kept);
            _kept = [];
        }

        _length = 0;
    }
}
