using System.Buffers;

namespace GatewayMesh.Proxy.Messages;

/// <summary>Bytes of one head in a rented array, and values that were composed for it.</summary>
internal sealed class HeadBytes
{
    private const int MinRented = 512;

    private byte[] _array = [];
    private int _length;

    /// <summary>The bytes. Valid until the next change.</summary>
    public ReadOnlySpan<byte> Span => _array.AsSpan(0, _length);

    /// <summary>The bytes of <paramref name="range"/>.</summary>
    public ReadOnlySpan<byte> this[ByteRange range] => _array.AsSpan(range.Start, range.Length);

    /// <summary>Replaces the bytes.</summary>
    public void Set(ReadOnlySpan<byte> bytes)
    {
        _length = 0;
        bytes.CopyTo(Reserve(bytes.Length));
        _length = bytes.Length;
    }

    /// <summary>Appends text as Latin-1. Returns false if the text has other characters.</summary>
    public bool TryAppend(ReadOnlySpan<char> text, out ByteRange range)
    {
        range = new ByteRange(_length, text.Length);
        if (text.ContainsAnyExceptInRange('\0', '\xFF'))
        {
            return false;
        }

        System.Text.Encoding.Latin1.GetBytes(text, Reserve(text.Length));
        _length += text.Length;
        return true;
    }

    /// <summary>Returns the array to its pool.</summary>
    public void Release()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
        }

        _length = 0;
    }

    private Span<byte> Reserve(int count)
    {
        if (_array.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(MinRented, _length + count));
            Span.CopyTo(larger);
            var length = _length;
            Release();
            (_array, _length) = (larger, length);
        }

        return _array.AsSpan(_length, count);
    }
}
