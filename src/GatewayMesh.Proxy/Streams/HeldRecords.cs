using System.Buffers;

namespace GatewayMesh.Proxy.Streams;

/// <summary>
/// Records that leave together, in one call of the kernel for up to 64 KiB of content: loopback and network cards take large pieces at a
/// fraction of the cost. What the kernel has no room for is held until there is.
/// </summary>
internal struct HeldRecords
{
    /// <summary>Maximum number of records: 4.</summary>
    public const int MostRecords = 4;

    // TLS 1.3: 5 bytes of header, 1 of type, 16 of tag. TLS 1.2 needs up to 29. A key update or an alert may come between.
    private const int Size = MostRecords * (TlsEngine.RecordLength + 64);

    private byte[]? _array;
    private int _start;
    private int _end;

    /// <summary>True from <see cref="Open"/> until everything has been sent.</summary>
    public readonly bool IsOpen => _array is not null;

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
