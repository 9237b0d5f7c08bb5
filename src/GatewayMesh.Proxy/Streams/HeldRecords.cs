using System.Buffers;

namespace GatewayMesh.Proxy.Streams;

/// <summary>
/// Records that leave together, in one call of the kernel: loopback and network cards take large pieces at a fraction of the cost. Records
/// for which the kernel has no room stay here until it has.
/// </summary>
internal struct HeldRecords
{
    /// <summary>Content that fits, with the framing of a chunk: 63 KiB. Readers of bodies take pieces of this size.</summary>
    public const int Content = 63 * 1024;

    // An array of the pool has this length; the next longer one would be a large object.
    private const int Size = 64 * 1024;

    // TLS 1.3: 5 bytes of header, 1 of type, 16 of tag. TLS 1.2 needs up to 29. A key update or an alert may come between.
    private const int Overhead = 64;

    private byte[]? _array;
    private int _start;
    private int _end;

    /// <summary>True from <see cref="Open"/> until everything has been sent.</summary>
    public readonly bool IsOpen => _array is not null;

    /// <summary>Content for which a further record has room.</summary>
    public readonly int Room => IsOpen ? Math.Max(0, Size - _end - Overhead) : int.MaxValue;

    /// <summary>The bytes.</summary>
    public readonly ReadOnlySpan<byte> Span => _array.AsSpan(_start, _end - _start);

    /// <summary>Begins to hold records.</summary>
    public void Open() => _array ??= ArrayPool<byte>.Shared.Rent(Size);

    /// <summary>Adds bytes of a record; false if there is no room.</summary>
    public bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.TryCopyTo(_array.AsSpan(_end)))
        {
            return false;
        }

        _end += bytes.Length;
        return true;
    }

    /// <summary>Drops bytes that were sent; after the last, nothing is held any more.</summary>
    public void Take(int count)
    {
        _start += count;
        if (_start == _end)
        {
            Drop();
        }
    }

    /// <summary>Drops everything.</summary>
    public void Drop()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
            (_array, _start, _end) = (null, 0, 0);
        }
    }
}
