using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Idempotency;

/// <summary>
/// The response to a request with a key as it is kept, in the making:
/// <code>
/// status (2 bytes) · number of fields (2) · for each: length of name (2) · name · length of value (4) · value · content
/// </code>
/// Little-endian, Latin-1. <c>Date</c> and the framing are not kept: a repeated response has its own.
/// </summary>
/// <param name="most">Maximum size in bytes.</param>
internal sealed class KeptAnswer(long most)
{
    /// <summary>Field that marks a repeated response.</summary>
    public const string Replayed = "Idempotency-Replayed";

    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n\0"u8);

    private byte[] _bytes = new byte[512];
    private int _length;
    private int _head;

    /// <summary>The response in its kept form.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Content so far.</summary>
    public ReadOnlyMemory<byte> Content => _bytes.AsMemory(_head, _length - _head);

    /// <summary>True once the head was added.</summary>
    public bool HasHead => _head > 0;

    /// <summary>Adds the head. Call first.</summary>
    public void AddHead(int status, FieldTable fields)
    {
        _length = 0;
        Add16(status);
        Add16(0);
        var count = 0;
        foreach (var field in fields.Lines)
        {
            if (IsOwn(field.Known))
            {
                continue;
            }

            Add16(field.Name.Length);
            AddText(field.Name);
            BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), field.Value.Length);
            AddText(field.Value);
            count++;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(2), (ushort)count);
        _head = _length;
    }

    /// <summary>Adds content; false if the response is then too large to be kept, and the content was not added.</summary>
    public bool TryAdd(ReadOnlySpan<byte> content)
    {
        if (_length + (long)content.Length > most)
        {
            return false;
        }

        content.CopyTo(Room(content.Length));
        return true;
    }

    /// <summary>Reads a kept response; null if it is not one.</summary>
    public static LocalAnswer? Read(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < 4)
        {
            return null;
        }

        var status = BinaryPrimitives.ReadUInt16LittleEndian(span);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(span[2..]);
        var at = 4;
        var fields = ImmutableArray.CreateBuilder<Field>(count + 1);
        for (var i = 0; i < count; i++)
        {
            if (!TryReadText(span, ref at, isName: true, out var name) || !TryReadText(span, ref at, isName: false, out var value))
            {
                return null;
            }

            if (IsOwn(KnownFields.Find(name)))
            {
                return null; // a damaged or forged response
            }

            fields.Add(new Field(name, value));
        }

        fields.Add(new Field(Replayed, "true"));
        return status is < 200 or > 599 ? null : new LocalAnswer(status, fields.DrainToImmutable(), bytes[at..]);
    }

    // Date and framing: each response has its own.
    private static bool IsOwn(KnownField field) => field is KnownField.Date or KnownField.ContentLength or KnownField.TransferEncoding;

    private static bool TryReadText(ReadOnlySpan<byte> span, ref int at, bool isName, out string text)
    {
        text = "";
        var size = isName ? sizeof(ushort) : sizeof(int);
        if (span.Length - at < size)
        {
            return false;
        }

        var length = isName ? BinaryPrimitives.ReadUInt16LittleEndian(span[at..]) : BinaryPrimitives.ReadInt32LittleEndian(span[at..]);
        at += size;
        if (length < 0 || length > span.Length - at || span.Slice(at, length).ContainsAny(LineEnds))
        {
            return false;
        }

        text = Encoding.Latin1.GetString(span.Slice(at, length));
        at += length;
        return true;
    }

    private void Add16(int value) => BinaryPrimitives.WriteUInt16LittleEndian(Room(sizeof(ushort)), (ushort)value);

    private void AddText(string text) => Encoding.Latin1.GetBytes(text, Room(text.Length));

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + count));
        }

        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }
}
