using System.Text;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>
/// Collects the JSON of an answer without the strings that are longer than a value may be. One answer holds all values of a folder, so a
/// value that is too large must neither use the memory nor cost the values next to it.
/// </summary>
/// <param name="longest">The longest string to keep, in bytes.</param>
internal sealed class AnswerBody(int longest)
{
    /// <summary>The largest kept size: 32 MiB. A larger answer is refused.</summary>
    public const int MaxKept = 32 * 1024 * 1024;

    /// <summary>The largest size read, kept or not: 256 MiB. A larger answer is refused.</summary>
    public const long MaxRead = 256 * 1024 * 1024;

    /// <summary>
    /// The size from which only strings up to 16 KiB are kept, so that a few large values do not displace many small ones: 8 MiB.
    /// </summary>
    public const int TightSize = 8 * 1024 * 1024;

    /// <summary>The placeholder for a dropped string. Not valid base64, so no value can imitate the placeholder.</summary>
    public const string LeftOut = "<too large>";

    private byte[] _kept = new byte[16 * 1024];
    private int _length;
    private long _read;
    private long _start = -1;
    private bool _escaped;
    private bool _dropping;

    /// <summary>The kept bytes.</summary>
    public ReadOnlyMemory<byte> Kept => _kept.AsMemory(0, _length);

    /// <summary>
    /// The longest JSON string for values of at most <paramref name="value"/> bytes: the length of such a value in base64.
    /// </summary>
    public static int StringOf(int value) => (value + 2) / 3 * 4;

    /// <summary>Appends the next bytes of the answer.</summary>
    /// <exception cref="IOException">The answer is too large.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _read += bytes.Length;
        while (!bytes.IsEmpty)
        {
            bytes = bytes[(_start < 0 ? Outside(bytes) : Inside(bytes))..];
        }

        if (_length > MaxKept || _read > MaxRead)
        {
            throw new IOException($"the answer is larger than {(_read > MaxRead ? MaxRead : MaxKept) / (1024 * 1024)} MiB");
        }
    }

    private int Outside(ReadOnlySpan<byte> bytes)
    {
        var quote = bytes.IndexOf((byte)'"');
        var length = quote < 0 ? bytes.Length : quote + 1;
        Write(bytes[..length]);
        _start = quote < 0 ? -1 : _length;
        return length;
    }

    private int Inside(ReadOnlySpan<byte> bytes)
    {
        if (_escaped)
        {
            _escaped = false;
            return Keep(bytes[..1]);
        }

        var end = bytes.IndexOfAny((byte)'"', (byte)'\\');
        if (end < 0)
        {
            return Keep(bytes);
        }

        _ = Keep(bytes[..end]);
        if (bytes[end] == (byte)'\\')
        {
            _escaped = true;
            _ = Keep(bytes[end..(end + 1)]);
        }
        else
        {
            Write("\""u8);
            (_start, _dropping) = (-1, false);
        }

        return end + 1;
    }

    private int Keep(ReadOnlySpan<byte> bytes)
    {
        if (!_dropping && _length - _start + bytes.Length > (_length > TightSize ? Math.Min(longest, StringOf(16 * 1024)) : longest))
        {
            _dropping = true;
            _length = (int)_start;
            Write(Encoding.ASCII.GetBytes(LeftOut));
        }

        if (!_dropping)
        {
            Write(bytes);
        }

        return bytes.Length;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _kept.Length)
        {
            Array.Resize(ref _kept, Math.Max(_length + bytes.Length, 2 * _kept.Length));
        }

        bytes.CopyTo(_kept.AsSpan(_length));
        _length += bytes.Length;
    }
}
