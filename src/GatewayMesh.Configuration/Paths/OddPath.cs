using System.Numerics;

namespace GatewayMesh.Configuration.Paths;

/// <summary>A path that applications may read in several ways, with what each reader makes of it. Read once a decision; what is asked for later is made then.</summary>
internal sealed class OddPath
{
    // Paths that are encoded more often than this, or have more peculiarities at once, are nobody's honest ones.
    private const int MostDepth = 3;
    private const int MostRare = 2;

    private readonly Dictionary<int, string> _texts = [];
    private readonly Dictionary<string, string> _encoded = [];

    public OddPath(string path)
    {
        Raw = path;
        var depth = PercentEncoding.Depth(path);
        var lenient = LenientEncoding.Decode(path);
        Traits = TraitsOf(path, lenient, depth);
        IsTangled = depth > MostDepth || BitOperations.PopCount((uint)(Traits & PathTraits.Rare)) > MostRare || ClimbsOddly(path, lenient.Replace('\\', '/'));
        if (IsTangled)
        {
            Readers = [0]; // no rule looks at what is read
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        Readers = [.. PathReader.RelevantTo(Traits).Where(reader => seen.Add(Text(reader)))];
    }

    /// <summary>The path as it came.</summary>
    public string Raw { get; }

    /// <summary>What about it is read differently.</summary>
    public PathTraits Traits { get; }

    /// <summary>The readers that see something that none before has seen.</summary>
    public int[] Readers { get; }

    /// <inheritdoc cref="PathReadings.IsTangled"/>
    public bool IsTangled { get; }

    /// <summary>What reader number <paramref name="reader"/> sees.</summary>
    public string Text(int reader)
    {
        if (!_texts.TryGetValue(reader, out var text))
        {
            _texts[reader] = text = PathReader.All[reader].Read(Raw);
        }

        return text;
    }

    /// <summary>The same, written as a path.</summary>
    public string Encoded(int reader)
    {
        var text = Text(reader);
        if (!_encoded.TryGetValue(text, out var encoded))
        {
            _encoded[text] = encoded = PercentEncoding.Encode(text);
        }

        return encoded;
    }

    private static PathTraits TraitsOf(string path, string lenient, int depth)
    {
        var traits = PathTraits.Segments
            | (depth > 0 ? PathTraits.Escapes : PathTraits.None)
            | (depth > 1 ? PathTraits.Twice : PathTraits.None)
            | (lenient != PercentEncoding.Decode(path, PercentEncoding.MostRounds) ? PathTraits.Lenient : PathTraits.None)
            | (lenient.Contains('\\', StringComparison.Ordinal) ? PathTraits.Backslashes : PathTraits.None)
            | (lenient.Contains(';', StringComparison.Ordinal) ? PathTraits.Parameters : PathTraits.None)
            | (lenient.AsSpan().ContainsAny('\0', '?', '#') ? PathTraits.Ends : PathTraits.None)
            | (path.Contains('#', StringComparison.Ordinal) ? PathTraits.Fragments : PathTraits.None);
        foreach (var range in lenient.AsSpan().SplitAny('/', '\\', ';', '\0', '?', '#'))
        {
            var piece = lenient.AsSpan(range);
            traits |= PathReader.Trim(piece).Length < piece.Length ? PathTraits.Trims : PathTraits.None;
        }

        return traits;
    }

    // The way up is clear where the segments of the path as it came are those that the most lenient reader finds, none of them empty.
    private static bool ClimbsOddly(string path, string lenient)
    {
        var (ups, isClear) = (0, !lenient.AsSpan().ContainsAny('\0', '?', '#'));
        foreach (var range in lenient.AsSpan().Split('/'))
        {
            var segment = lenient.AsSpan(range);
            segment = segment.IndexOfAny(";\0?#") is >= 0 and var end ? segment[..end] : segment;
            segment = PathReader.Trim(segment);
            ups += segment is ".." ? 1 : 0;
            isClear &= !segment.IsEmpty || range.Start.Value == 0 || range.End.Value == lenient.Length;
        }

        if (ups == 0)
        {
            return false;
        }

        var plainUps = 0;
        foreach (var range in path.AsSpan().Split('/'))
        {
            plainUps += PathSegments.Dots(path.AsSpan(range), escaped: true) == 2 ? 1 : 0;
        }

        return !isClear || plainUps != ups || path.AsSpan().Count('/') != lenient.AsSpan().Count('/');
    }
}
