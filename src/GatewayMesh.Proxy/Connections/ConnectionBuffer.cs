using System.Buffers;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Proxy.Connections;

/// <summary>
/// Bytes received and not yet consumed, in a rented array that grows up to a limit and is returned while empty. Content that arrives faster
/// than it is read is received in larger pieces: after a read that filled the array, an empty array is exchanged for a large one.
/// </summary>
/// <param name="limit">Maximum number of bytes that are kept together, for a head.</param>
/// <param name="first">
/// Length of the first array. Default: 4 KiB, enough for the heads of most requests. A peer that sends one byte makes us hold this much.
/// </param>
internal struct ConnectionBuffer(int limit, int first = 4096)
{
    private const int LargeRent = 64 * 1024;

    private byte[]? _array;
    private int _start;
    private int _end;
    private bool _wasFilled;

    /// <summary>The bytes.</summary>
    public readonly ReadOnlySpan<byte> Span => _array.AsSpan(_start, _end - _start);

    /// <summary>The bytes as memory; valid until the next change.</summary>
    public readonly ReadOnlyMemory<byte> Memory => _array.AsMemory(_start, _end - _start);

    /// <summary>Number of bytes.</summary>
    public readonly int Length => _end - _start;

    /// <summary>True if there are no bytes.</summary>
    public readonly bool IsEmpty => _start == _end;

    /// <summary>Returns free room behind the bytes, at least one byte; empty if the limit is reached.</summary>
    public Memory<byte> Room()
    {
        if (_wasFilled && _array?.Length < LargeRent)
        {
            Release();
        }

        _array ??= ArrayPool<byte>.Shared.Rent(_wasFilled ? LargeRent : first);

        if (_end == _array.Length)
        {
            if (_start > 0)
            {
                Span.CopyTo(_array);
                (_start, _end) = (0, Length);
            }
            else if (_array.Length < limit)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Min(limit, 2 * _array.Length));
                Span.CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_array);
                _array = larger;
            }
        }

        var room = _array.AsMemory(_end);
        return room.Length > HeldRecords.Content ? room[..HeldRecords.Content] : room;
    }

    /// <summary>Adds bytes that were received into <see cref="Room"/>.</summary>
    public void Add(int count)
    {
        _end += count;
        _wasFilled = _end == _array!.Length || count == HeldRecords.Content;
    }

    /// <summary>
    /// Consumes bytes. With the last of them the array is returned, so that a request that waits for its response holds none.
    /// </summary>
    public void Take(int count)
    {
        _start += count;
        if (count > 0)
        {
            Release();
        }
    }

    /// <summary>Returns the array if there are no bytes. No read into <see cref="Room"/> may be pending.</summary>
    public void Release()
    {
        if (_array is not null && _start == _end)
        {
            ArrayPool<byte>.Shared.Return(_array);
            (_array, _start, _end) = (null, 0, 0);
        }
    }

    /// <summary>Drops all bytes and returns the array.</summary>
    public void Drop()
    {
        _start = _end;
        Release();
    }
}
