using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Messages;

/// <summary>
/// The field lines of one message in order (RFC 9110 §5.2). Names are compared without case. A line is two strings, or two ranges of the
/// received bytes, which become strings only where a step asks for them. Reused: reading and clearing allocate nothing once the table has
/// grown to the size of the messages.
/// <code>
/// received head  ─► AddReceived (ranges), Keep (bytes, rented) ─► Name, Value: decoded once, remembered for the next message
/// other adapters ─► Add (strings)
/// </code>
/// </summary>
internal sealed class FieldTable : IFieldSink
{
    private const int FirstSize = 32;

    private readonly HeadBytes _bytes = new();
    private TableLine[] _lines = [];
    private LineMemory[] _memories = [];
    private FieldSet _present;
    private FieldSet _several;

    /// <summary>Number of lines.</summary>
    public int Count { get; private set; }

    /// <summary>The lines in order. Valid until the next change.</summary>
    public FieldLineSequence Lines => new(this);

    /// <summary>The bytes of the message's head that the lines are ranges of. Valid until the next change.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>Values of the lines named <paramref name="name"/>, in order; empty if there are none.</summary>
    public StringValues this[string name] => Values(KnownFields.Find(name), name);

    /// <summary>Values of the lines of <paramref name="field"/>, in order; empty if there are none.</summary>
    public StringValues this[KnownField field] => _present.Contains(field) ? Values(field, "") : default;

    /// <summary>True if there is a line named <paramref name="name"/>.</summary>
    public bool Contains(string name) => IndexOf(KnownFields.Find(name), name, 0) >= 0;

    /// <summary>True if there is a line of <paramref name="field"/>.</summary>
    public bool Contains(KnownField field) => _present.Contains(field);

    /// <summary>True if there are several lines of <paramref name="field"/>.</summary>
    public bool HasSeveral(KnownField field) => _several.Contains(field);

    /// <summary>Appends a line.</summary>
    public void Add(string name, string value) =>
        Append() = new TableLine { Name = name, Value = value, Known = Mark(KnownFields.Find(name)) };

    /// <summary>Appends a line for each value.</summary>
    public void Add(string name, StringValues values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            Add(name, values[i] ?? "");
        }
    }

    /// <inheritdoc/>
    public void Add(string name, scoped ReadOnlySpan<char> value)
    {
        ref var line = ref Append();
        line = default;
        Put(ref line, Count - 1, name, value);
    }

    /// <inheritdoc/>
    public void Copy(FieldLine line) => Add(line.Name, line.Value);

    /// <summary>Appends a line as ranges of the head that <see cref="Keep"/> will be given.</summary>
    /// <param name="known">The field, if it is a known one.</param>
    /// <param name="name">Range of the name.</param>
    /// <param name="value">Range of the value.</param>
    public void AddReceived(KnownField known, ByteRange name, ByteRange value) =>
        Append() = new TableLine
        {
            Known = Mark(known),
            NameRange = name,
            ValueRange = value,
            Origin = Count - 1,
            IsReceived = true,
            HasValueBytes = true,
        };

    /// <summary>Copies the bytes of the received head.</summary>
    public void Keep(ReadOnlySpan<byte> head) => _bytes.Set(head);

    /// <summary>Replaces all lines named <paramref name="name"/> by one, at the location of the first; appends if there is none.</summary>
    public void Set(string name, string value)
    {
        var known = KnownFields.Find(name);
        if (IndexOf(known, name, 0) is >= 0 and var first)
        {
            _lines[first] = new TableLine { Name = name, Value = value, Known = known };
            RemoveAfter(known, name, first);
            _several = _several.Without(known);
        }
        else
        {
            Add(name, value);
        }
    }

    /// <summary>Replaces all lines named <paramref name="name"/> by one whose value was composed on the stack.</summary>
    public void Set(string name, ReadOnlySpan<char> value)
    {
        var known = KnownFields.Find(name);
        if (IndexOf(known, name, 0) is >= 0 and var first)
        {
            var origin = _lines[first].Origin;
            _lines[first] = default;
            Put(ref _lines[first], origin, name, value);
            RemoveAfter(known, name, first);
            _several = _several.Without(known);
        }
        else
        {
            Add(name, value);
        }
    }

    /// <summary>Removes all lines named <paramref name="name"/>.</summary>
    public void Remove(string name)
    {
        var known = KnownFields.Find(name);
        if (IndexOf(known, name, 0) is >= 0 and var first)
        {
            RemoveAfter(known, name, first - 1);
            (_present, _several) = (_present.Without(known), _several.Without(known));
        }
    }

    /// <summary>Removes all lines that match.</summary>
    public void RemoveWhere(Predicate<FieldLine> matches)
    {
        var kept = 0;
        (_present, _several) = (default, default);
        for (var i = 0; i < Count; i++)
        {
            if (!matches(new FieldLine(this, i)))
            {
                Mark(_lines[i].Known);
                _lines[kept++] = _lines[i];
            }
        }

        Shrink(kept);
    }

    /// <summary>
    /// Removes all lines and returns the bytes to their pool. Only text that was decoded from received bytes is remembered.
    /// </summary>
    public void Clear()
    {
        Shrink(0);
        (_present, _several) = (default, default);
        _bytes.Release();
    }

    /// <summary>Returns the name of a line; see <see cref="FieldLine.Name"/>.</summary>
    public string NameAt(int index)
    {
        ref var line = ref _lines[index];
        return line.Name ??= DecodeName(line);
    }

    /// <summary>Returns the value of a line; see <see cref="FieldLine.Value"/>.</summary>
    public string ValueAt(int index)
    {
        ref var line = ref _lines[index];
        return line.Value ??= MemoryOf(line.Origin).Value.Decode(_bytes[line.ValueRange]);
    }

    /// <summary>Returns the length of a line; see <see cref="FieldLine.Length"/>.</summary>
    public int LengthAt(int index)
    {
        ref readonly var line = ref _lines[index];
        return (line.Name?.Length ?? line.NameRange.Length) + (line.Value?.Length ?? line.ValueRange.Length);
    }

    /// <summary>Returns the field of a line.</summary>
    public KnownField KnownAt(int index) => _lines[index].Known;

    /// <summary>True if a line is bytes that a reader has checked.</summary>
    public bool IsReceivedAt(int index) => _lines[index].IsReceived;

    /// <summary>True if the value of a line is bytes.</summary>
    public bool HasValueBytesAt(int index) => _lines[index].HasValueBytes;

    /// <summary>Returns the bytes of a line's name.</summary>
    public ReadOnlySpan<byte> NameBytesAt(int index) => _bytes[_lines[index].NameRange];

    /// <summary>Returns the bytes of a line's value.</summary>
    public ReadOnlySpan<byte> ValueBytesAt(int index) => _bytes[_lines[index].ValueRange];

    private StringValues Values(KnownField known, string name)
    {
        var first = IndexOf(known, name, 0);
        if (first < 0)
        {
            return StringValues.Empty;
        }

        var next = known == KnownField.None || _several.Contains(known) ? IndexOf(known, name, first + 1) : -1;
        if (next < 0)
        {
            return new StringValues(ValueAt(first));
        }

        var values = new List<string>(4) { ValueAt(first) };
        for (; next >= 0; next = IndexOf(known, name, next + 1))
        {
            values.Add(ValueAt(next));
        }

        return new StringValues([.. values]);
    }

    private int IndexOf(KnownField known, string name, int start)
    {
        if (known != KnownField.None)
        {
            for (var i = _present.Contains(known) ? start : Count; i < Count; i++)
            {
                if (_lines[i].Known == known)
                {
                    return i;
                }
            }

            return -1;
        }

        for (var i = start; i < Count; i++)
        {
            if (IsUnknown(_lines[i], name))
            {
                return i;
            }
        }

        return -1;
    }

    private bool IsUnknown(in TableLine line, string name) =>
        line.Known == KnownField.None
        && (line.Name is { } text
            ? text.Equals(name, StringComparison.OrdinalIgnoreCase)
            : line.NameRange.Length == name.Length && System.Text.Ascii.EqualsIgnoreCase(_bytes[line.NameRange], name));

    private void RemoveAfter(KnownField known, string name, int index)
    {
        var kept = index + 1;
        for (var i = kept; i < Count; i++)
        {
            if (!(known == KnownField.None ? IsUnknown(_lines[i], name) : _lines[i].Known == known))
            {
                _lines[kept++] = _lines[i];
            }
        }

        Shrink(kept);
    }

    private void Put(ref TableLine line, int origin, string name, ReadOnlySpan<char> value)
    {
        line.Name = name;
        line.Known = Mark(KnownFields.Find(name));
        line.Origin = origin;
        line.HasValueBytes = _bytes.TryAppend(value, out line.ValueRange);
        if (!line.HasValueBytes)
        {
            line.Value = value.ToString();
        }
    }

    private string DecodeName(in TableLine line)
    {
        var bytes = _bytes[line.NameRange];
        return line.Known != KnownField.None && bytes.SequenceEqual(KnownFields.BytesOf(line.Known))
            ? KnownFields.NameOf(line.Known)
            : MemoryOf(line.Origin).Name.Decode(bytes);
    }

    private ref LineMemory MemoryOf(int origin)
    {
        if (origin >= _memories.Length)
        {
            Array.Resize(ref _memories, _lines.Length);
        }

        return ref _memories[origin];
    }

    private KnownField Mark(KnownField known)
    {
        if (known != KnownField.None)
        {
            _several = _present.Contains(known) ? _several.With(known) : _several;
            _present = _present.With(known);
        }

        return known;
    }

    private ref TableLine Append()
    {
        if (Count == _lines.Length)
        {
            Array.Resize(ref _lines, Math.Max(FirstSize, 2 * Count));
        }

        return ref _lines[Count++];
    }

    private void Shrink(int count)
    {
        _lines.AsSpan(count, Count - count).Clear();
        Count = count;
    }

    private struct TableLine
    {
        public string? Name;
        public string? Value;
        public ByteRange NameRange;
        public ByteRange ValueRange;
        public int Origin; // index at which the line was read; its memory stays there when lines move
        public KnownField Known;
        public bool IsReceived;
        public bool HasValueBytes;
    }

    private struct LineMemory
    {
        public RememberedText Name;
        public RememberedText Value;
    }
}
