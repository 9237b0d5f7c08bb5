namespace GatewayMesh.Configuration.Matching;

/// <summary>Values of a header field, line by line as received. A single line costs no allocation.</summary>
public readonly struct FieldLines : IEquatable<FieldLines>
{
    private readonly string? _one;
    private readonly IReadOnlyList<string?>? _many;

    /// <summary>Creates a field with one line; null for none.</summary>
    public FieldLines(string? line)
    {
        _one = line;
        _many = null;
    }

    /// <summary>Creates a field with several lines.</summary>
    public FieldLines(IReadOnlyList<string?> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        _one = lines.Count == 1 ? lines[0] ?? "" : null;
        _many = lines.Count == 1 ? null : lines;
    }

    /// <summary>Number of lines.</summary>
    public int Count => _many?.Count ?? (_one is null ? 0 : 1);

    /// <summary>Value of a line.</summary>
    public string this[int line] => _many is null ? _one! : _many[line] ?? "";

    /// <summary>True if two names differ, but only in the case of letters and in <c>_</c> for <c>-</c>.</summary>
    public static bool AreTwins(string one, string other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        if (one.Length != other.Length)
        {
            return false;
        }

        var differ = false;
        for (var i = 0; i < one.Length; i++)
        {
            if (one[i] is '-' or '_' && other[i] is '-' or '_')
            {
                differ |= one[i] != other[i];
            }
            else if (char.ToLowerInvariant(one[i]) != char.ToLowerInvariant(other[i]))
            {
                return false;
            }
        }

        return differ;
    }

    /// <summary>True if two names are equal but for the case of letters, and for <c>_</c> in place of <c>-</c>.</summary>
    public static bool AreAlike(string one, string other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase) || AreTwins(one, other);

    /// <summary>Copies the lines to a list.</summary>
    public IReadOnlyList<string> ToList()
    {
        var lines = new string[Count];
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = this[i];
        }

        return lines;
    }

    /// <inheritdoc/>
    public bool Equals(FieldLines other) => ToList().SequenceEqual(other.ToList());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FieldLines other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Count == 0 ? 0 : HashCode.Combine(Count, this[0]);

    /// <summary>Compares all lines.</summary>
    public static bool operator ==(FieldLines left, FieldLines right) => left.Equals(right);

    /// <summary>Compares all lines.</summary>
    public static bool operator !=(FieldLines left, FieldLines right) => !left.Equals(right);
}
