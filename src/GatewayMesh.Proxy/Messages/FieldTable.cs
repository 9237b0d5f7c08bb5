using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Messages;

/// <summary>
/// The field lines of one message in order (RFC 9110 §5.2). Names are compared without case. Reused: reading and clearing allocate nothing
/// once the table has grown to the size of the messages.
/// </summary>
internal sealed class FieldTable
{
    private const int FirstSize = 32;

    private Field[] _lines = new Field[FirstSize];

    /// <summary>Number of lines.</summary>
    public int Count { get; private set; }

    /// <summary>The lines in order. Valid until the next change.</summary>
    public ReadOnlySpan<Field> Lines => _lines.AsSpan(0, Count);

    /// <summary>Values of the lines named <paramref name="name"/>, in order; empty if there are none.</summary>
    public StringValues this[string name]
    {
        get
        {
            var first = IndexOf(name, 0);
            if (first < 0)
            {
                return StringValues.Empty;
            }

            var next = IndexOf(name, first + 1);
            return next < 0 ? new StringValues(_lines[first].Value) : All(name, first);
        }
    }

    /// <summary>True if there is a line named <paramref name="name"/>.</summary>
    public bool Contains(string name) => IndexOf(name, 0) >= 0;

    /// <summary>Appends a line.</summary>
    public void Add(string name, string value)
    {
        if (Count == _lines.Length)
        {
            Array.Resize(ref _lines, 2 * Count);
        }

        _lines[Count++] = new Field(name, value);
    }

    /// <summary>Appends a line for each value.</summary>
    public void Add(string name, StringValues values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            Add(name, values[i] ?? "");
        }
    }

    /// <summary>Replaces all lines named <paramref name="name"/> by one, at the location of the first; appends if there is none.</summary>
    public void Set(string name, string value)
    {
        var first = IndexOf(name, 0);
        if (first < 0)
        {
            Add(name, value);
            return;
        }

        _lines[first] = new Field(name, value);
        Remove(name, first + 1);
    }

    /// <summary>Removes all lines named <paramref name="name"/>.</summary>
    public void Remove(string name) => Remove(name, 0);

    /// <summary>Removes all lines whose names match.</summary>
    public void RemoveWhere(Predicate<string> matches)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            if (!matches(_lines[i].Name))
            {
                _lines[kept++] = _lines[i];
            }
        }

        Shrink(kept);
    }

    /// <summary>Removes all lines and keeps no reference to their text.</summary>
    public void Clear() => Shrink(0);

    private int IndexOf(string name, int start)
    {
        for (var i = start; i < Count; i++)
        {
            if (_lines[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    private void Remove(string name, int start)
    {
        var kept = IndexOf(name, start);
        if (kept < 0)
        {
            return;
        }

        for (var i = kept + 1; i < Count; i++)
        {
            if (!_lines[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                _lines[kept++] = _lines[i];
            }
        }

        Shrink(kept);
    }

    private StringValues All(string name, int first)
    {
        var values = new List<string>(4);
        for (var i = first; i >= 0; i = IndexOf(name, i + 1))
        {
            values.Add(_lines[i].Value);
        }

        return new StringValues([.. values]);
    }

    private void Shrink(int count)
    {
        _lines.AsSpan(count, Count - count).Clear();
        Count = count;
    }
}
