using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Http1;

/// <summary>
/// Writes heads, chunk framing, and trailers of HTTP/1.1 messages, into a span or a buffer writer. Received lines are copied byte for byte.
/// Text of any other origin is checked: a control character or a character beyond Latin-1 in it is an exception, so no value can end a
/// line.
/// </summary>
internal ref struct HeadWriter : IFieldSink
{
    private const int MaxNumber = 20; // digits of a 64-bit number
    private const int ReasonStart = 13;

    private readonly IBufferWriter<byte>? _output;
    private Span<byte> _span;
    private int _at;

    /// <summary>Creates a writer that needs no more than a span; see <see cref="IsOverflow"/>.</summary>
    public HeadWriter(Span<byte> target) => _span = target;

    /// <summary>Creates a writer into <paramref name="output"/>, which receives all bytes with <see cref="Complete"/>.</summary>
    public HeadWriter(IBufferWriter<byte> output)
    {
        _output = output;
        _span = output.GetSpan();
    }

    /// <summary>Bytes in the span, or in the output's current one.</summary>
    public readonly int Written => _at;

    /// <summary>True if the span is too short. Nothing of the bytes may be sent: write again into a longer span.</summary>
    public bool IsOverflow { get; private set; }

    /// <summary>Writes a request line of HTTP/1.1.</summary>
    public void RequestLine(string method, string target)
    {
        Text(method);
        Raw(" "u8);
        Text(target);
        Raw(" HTTP/1.1\r\n"u8);
    }

    /// <summary>Writes a request line of HTTP/1.1 from received bytes.</summary>
    public void RequestLine(scoped ReadOnlySpan<byte> method, scoped ReadOnlySpan<byte> target)
    {
        Raw(method);
        Raw(" "u8);
        Raw(target);
        Raw(" HTTP/1.1\r\n"u8);
    }

    /// <summary>Writes a status line of HTTP/1.1.</summary>
    /// <param name="status">Three digits.</param>
    /// <param name="reason">Received reason phrase; empty for none.</param>
    public void StatusLine(int status, scoped ReadOnlySpan<byte> reason)
    {
        var line = Reserve(ReasonStart);
        "HTTP/1.1 "u8.CopyTo(line);
        line[9] = (byte)('0' + (status / 100));
        line[10] = (byte)('0' + (status / 10 % 10));
        line[11] = (byte)('0' + (status % 10));
        line[12] = (byte)' ';
        Raw(reason);
        Raw("\r\n"u8);
    }

    /// <inheritdoc/>
    public void Copy(FieldLine line)
    {
        if (line.IsReceived)
        {
            Copy(line.NameBytes, line.ValueBytes);
        }
        else if (line.HasValueBytes)
        {
            Refuse(line.ValueBytes.ContainsAny(Octets.Controls));
            line.ValueBytes.CopyTo(ReserveLine(line.Name, line.ValueBytes.Length));
        }
        else
        {
            Add(line.Name, line.Value);
        }
    }

    /// <summary>Writes a received line.</summary>
    public void Copy(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        var line = Reserve(name.Length + value.Length + 4);
        name.CopyTo(line);
        line[name.Length] = (byte)':';
        line[name.Length + 1] = (byte)' ';
        value.CopyTo(line[(name.Length + 2)..]);
        line[^2] = (byte)'\r';
        line[^1] = (byte)'\n';
    }

    /// <inheritdoc/>
    public void Add(string name, string value) => Add(name, value.AsSpan());

    /// <inheritdoc/>
    public void Add(string name, scoped ReadOnlySpan<char> value)
    {
        Narrow(value, ReserveLine(name, value.Length));
    }

    /// <summary>Writes a line with a number.</summary>
    public void Add(string name, long value)
    {
        Span<byte> digits = stackalloc byte[MaxNumber];
        Utf8Formatter.TryFormat(value, digits, out var count);
        digits[..count].CopyTo(ReserveLine(name, count));
    }

    /// <summary>Ends a head.</summary>
    public void EndHead() => Raw("\r\n"u8);

    /// <summary>Writes the framing before the data of a chunk, whose end is <see cref="EndChunk"/>.</summary>
    /// <param name="length">Bytes of the data; not 0, which would be the last chunk.</param>
    public void BeginChunk(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        Number(length, new StandardFormat('x'));
        Raw("\r\n"u8);
    }

    /// <summary>Writes the framing behind the data of a chunk.</summary>
    public void EndChunk() => Raw("\r\n"u8);

    /// <summary>Writes the last chunk. Trailers and <see cref="EndHead"/> follow.</summary>
    public void LastChunk() => Raw("0\r\n"u8);

    /// <summary>Hands the bytes to the buffer writer. Returns the number of bytes in the span.</summary>
    public int Complete()
    {
        var count = _at;
        if (_output is not null)
        {
            _output.Advance(_at);
            _span = default;
            _at = 0;
        }

        return count;
    }

    private void Text(scoped ReadOnlySpan<char> text) => Narrow(text, Reserve(text.Length));

    // Room for the value of a line whose other parts are written.
    private Span<byte> ReserveLine(string name, int value)
    {
        var line = Reserve(name.Length + value + 4);
        Narrow(name, line);
        line[name.Length] = (byte)':';
        line[name.Length + 1] = (byte)' ';
        line[^2] = (byte)'\r';
        line[^1] = (byte)'\n';
        return line.Slice(name.Length + 2, value);
    }

    // Checks and converts in one pass, eight characters at a time: most texts are too short for a search and a conversion of their own.
    private static void Narrow(scoped ReadOnlySpan<char> text, Span<byte> to)
    {
        to = to[..text.Length];
        if (text.Length < Vector128<ushort>.Count)
        {
            NarrowShort(text, to);
            return;
        }

        var characters = MemoryMarshal.Cast<char, ushort>(text);
        var isUnsafe = Vector128<ushort>.Zero;
        for (var i = 0; ; i = Math.Min(i + Vector128<ushort>.Count, text.Length - Vector128<ushort>.Count))
        {
            var eight = Vector128.Create(characters[i..]);
            isUnsafe |= Vector128.GreaterThan(eight, Vector128.Create((ushort)0xFF))
                | Vector128.Equals(eight, Vector128.Create((ushort)0x7F))
                | (Vector128.LessThan(eight, Vector128.Create((ushort)' ')) & ~Vector128.Equals(eight, Vector128.Create((ushort)'\t')));
            BinaryPrimitives.WriteUInt64LittleEndian(to[i..], Vector128.Narrow(eight, eight).AsUInt64().ToScalar());
            if (i == text.Length - Vector128<ushort>.Count)
            {
                break;
            }
        }

        Refuse(isUnsafe != Vector128<ushort>.Zero);
    }

    private static void NarrowShort(scoped ReadOnlySpan<char> text, Span<byte> to)
    {
        var isUnsafe = false;
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            isUnsafe |= (character < ' ' && character != '\t') || character is '\x7F' or > '\xFF';
            to[i] = (byte)character;
        }

        Refuse(isUnsafe);
    }

    private static void Refuse(bool isUnsafe)
    {
        if (isUnsafe)
        {
            throw new InvalidDataException("A name or value has a character that no line may have.");
        }
    }

    private void Number(long value, StandardFormat format)
    {
        Span<byte> digits = stackalloc byte[MaxNumber];
        Utf8Formatter.TryFormat(value, digits, out var count, format);
        Raw(digits[..count]);
    }

    private void Raw(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    // Without room the bytes go to an array that nobody sends.
    private Span<byte> Reserve(int count)
    {
        if (_span.Length - _at < count)
        {
            if (_output is null)
            {
                IsOverflow = true;
                _span = default;
                _at = 0;
                return new byte[count];
            }

            _output.Advance(_at);
            _span = _output.GetSpan(count);
            _at = 0;
        }

        var room = _span.Slice(_at, count);
        _at += count;
        return room;
    }
}
