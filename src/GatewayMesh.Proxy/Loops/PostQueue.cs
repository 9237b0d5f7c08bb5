using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Loops;

/// <summary>
/// Work posted to a loop by any thread, in order. Two arrays change places, so that nothing is allocated once they have grown.
/// </summary>
/// <param name="progress">Counters that show how much work waits. Default: none.</param>
internal sealed class PostQueue(LoopProgress progress = default)
{
    private readonly Lock _gate = new();
    private PostedWork[] _incoming = new PostedWork[16];
    private PostedWork[] _taken = new PostedWork[16];
    private int _count;
    private bool _closed;

    /// <summary>True without waiting work. A snapshot.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Adds work; false if the queue is closed.</summary>
    public bool TryAdd(PostedWork work)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            if (_count == _incoming.Length)
            {
                Array.Resize(ref _incoming, _count * 2);
            }

            _incoming[_count] = work;
            Volatile.Write(ref _count, _count + 1);
            progress.Waits(_count);
            return true;
        }
    }

    /// <summary>Takes all waiting work. The span is valid until the next call; the caller clears its entries.</summary>
    public Span<PostedWork> Take()
    {
        lock (_gate)
        {
            (_incoming, _taken) = (_taken, _incoming);
            var count = _count;
            Volatile.Write(ref _count, 0);
            progress.Waits(0);
            return _taken.AsSpan(0, count);
        }
    }

    /// <summary>Accepts no more work.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }
    }
}
