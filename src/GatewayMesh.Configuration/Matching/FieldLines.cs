namespace GatewayMesh.Configuration.Matching;

/// <summary>The values of a header field, line by line as they came. One line costs no allocation.</summary>
public readonly struct FieldLines : IEquatable<FieldLines>
{
    private readonly string? _one;
    private readonly IReadOnlyList<string?>? _many;

    /// <summary>A field of one line; null for none.</summary>
    public FieldLines(string? line)
    {
        _one = line;
        _many = null;
    }

    /// <summary>A field of several lines.</summary>
    public FieldLines(IReadOnlyList<string?> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        _one = lines.Count == 1 ? lines[0] ?? "" : null;
        _many = lines.Count == 1 ? null : lines;
    }

    /// <summary>Lines.</summary>
    public int Count => _many?.Count ?? (_one is null ? 0 : 1);

    /// <summary>A line's value.</summary>
    public string this[int line] => _many is null ? _one! : _many[line] ?? "";

    /// <summary>True if two names are one but for letters in another case and <c>_</c> for <c>-</c>, and not the same.</summary>
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

    /// <summary>The lines as a list of their own.</summary>
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

    /// <summary>Compares line by line.</summary>
    public static bool operator ==(FieldLines left, FieldLines right) => left.Equals(right);

    /// <summary>Compares line by line.</summary>
    public static bool operator !=(FieldLines left, FieldLines right) => !left.Equals(right);
}
