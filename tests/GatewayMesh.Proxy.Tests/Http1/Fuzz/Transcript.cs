using System.Buffers;
using System.Buffers.Text;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Http1.Fuzz;

/// <summary>
/// Results of a reader for its input: heads, content, trailers, faults, and the consumed bytes. Two ways of feeding the same bytes are
/// compared by their transcripts.
/// </summary>
internal sealed class Transcript
{
    private readonly ArrayBufferWriter<byte> _text = new(4096);

    public ReadOnlySpan<byte> Text => _text.WrittenSpan;

    public void Clear() => _text.ResetWrittenCount();

    public void Add(ReadOnlySpan<byte> bytes) => _text.Write(bytes);

    public void Add(long number)
    {
        Utf8Formatter.TryFormat(number, _text.GetSpan(20), out var count);
        _text.Advance(count);
        Add(" "u8);
    }

    public void Add(FieldTable fields)
    {
        foreach (var line in fields.Lines)
        {
            Add((long)line.Known);
            Add(line.NameBytes);
            Add(":"u8);
            Add(line.ValueBytes);
            Add("\n"u8);
        }

        Add("."u8);
    }
}
