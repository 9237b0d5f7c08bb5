using System.Buffers.Binary;
using System.Text;

namespace GatewayMesh.Fixtures.Otlp;

/// <summary>Fields of one protobuf message, read from its bytes. Malformed bytes throw <see cref="InvalidDataException"/>.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var tag = Varint(ref bytes);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((number, Varint(ref bytes), default));
                    break;
                case 1:
                    _fields.Add((number, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span), default));
                    break;
                case 2:
                    _fields.Add((number, 0, Take(ref bytes, (int)Math.Min(Varint(ref bytes), int.MaxValue))));
                    break;
                case 5:
                    _fields.Add((number, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span), default));
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7} of field {number}");
            }
        }
    }

    /// <summary>Sub-messages of a field.</summary>
    public IEnumerable<ProtoMessage> Messages(int number) =>
        _fields.Where(field => field.Number == number).Select(field => new ProtoMessage(field.Bytes));

    /// <summary>The only sub-message of a field, or an empty one.</summary>
    public ProtoMessage Message(int number) => new(Find(number).Bytes);

    public bool Has(int number) => _fields.Exists(field => field.Number == number);

    public ulong Number(int number) => Find(number).Value;

    public double Double(int number) => BitConverter.UInt64BitsToDouble(Find(number).Value);

    public string Text(int number) => Encoding.UTF8.GetString(Find(number).Bytes.Span);

    public string Hex(int number) => Convert.ToHexStringLower(Find(number).Bytes.Span);

    /// <summary>Attributes: repeated pairs of a key and a value of any type.</summary>
    public IReadOnlyDictionary<string, object?> Attributes(int number) =>
        Messages(number).ToDictionary(pair => pair.Text(1), pair => pair.Message(2).Any());

    /// <summary>This message as a value of any type.</summary>
    public object? Any() =>
        Has(1) ? Text(1)
        : Has(2) ? Number(2) != 0
        : Has(3) ? (long)Number(3)
        : Has(4) ? Double(4)
        : null;

    private (int Number, ulong Value, ReadOnlyMemory<byte> Bytes) Find(int number) => _fields.FindLast(field => field.Number == number);

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int count)
    {
        if (count > bytes.Length)
        {
            throw new InvalidDataException("a field is longer than its message");
        }

        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(ref bytes, 1).Span[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a varint has no end");
    }
}
