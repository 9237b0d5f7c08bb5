using System.Buffers;

namespace GatewayMesh.Proxy.Connections;

/// <summary>Bytes of heads and chunk framing that leave with the next content. Grows as needed; reused.</summary>
internal sealed class OutputBuffer : IBufferWriter<byte>
{
    private const int FirstSize = 1024;

    private byte[] _array = [];
    private int _length;

    /// <summary>The bytes; valid until the next change.</summary>
    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, _length);

    /// <summary>True if there are no bytes.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Drops the bytes.</summary>
    public void Clear() => _length = 0;

    /// <summary>Appends bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    /// <inheritdoc/>
    public void Advance(int count) => _length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_length);
    }

    private void Reserve(int count)
    {
        if (_array.Length - _length < Math.Max(count, 1))
        {
            Array.Resize(ref _array, Math.Max(FirstSize, Math.Max(2 * _array.Length, _length + count)));
        }
    }
}
