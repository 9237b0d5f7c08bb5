using System.Numerics;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// A path that applications may read in several ways, with the result of each reader. Computed once per decision, on demand.
/// </summary>
internal sealed class OddPath
{
    // Paths that are encoded more often, or have more peculiarities at once, are not legitimate.
    private const int MaxDepth = 3;
    private const int MaxRare = 2;

    private readonly Dictionary<int, string> _texts = [];
    private readonly Dictionary<string, string> _encoded = [];

    public OddPath(string path)
    {
        Raw = path;
        var depth = PercentEncoding.Depth(path);
        var lenient = LenientEncoding.Decode(path);
        Traits = TraitsOf(path, lenient, depth);
        IsTangled = depth > MaxDepth
            || BitOperations.PopCount((uint)(Traits & PathTraits.Rare)) > MaxRare
            || ClimbsOddly(path, lenient.Replace('\\', '/'));
        if (IsTangled)
        {
            Readers = [0]; // no rule inspects the readings
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        Readers = [.. PathReader.RelevantTo(Traits).Where(reader => seen.Add(Text(reader)))];
    }

    /// <summary>Path as received.</summary>
    public string Raw { get; }

    /// <summary>Properties of the path that are read differently.</summary>
    public PathTraits Traits { get; }

    /// <summary>Readers that yield a result different from all earlier readers.</summary>
    public int[] Readers { get; }

    /// <inheritdoc cref="PathReadings.IsTangled"/>
    public bool IsTangled { get; }

    /// <summary>Result of reader number <paramref name="reader"/>.</summary>
    public string Text(int reader)
    {
        if (!_texts.TryGetValue(reader, out var text))
        {
            _texts[reader] = text = PathReader.All[reader].Read(Raw);
        }

        return text;
    }

    /// <summary>The same result, written as an encoded path.</summary>
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
            | (lenient != PercentEncoding.Decode(path, PercentEncoding.MaxRounds) ? PathTraits.Lenient : PathTraits.None)
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

    // Climbing is unambiguous if the segments of the raw path are also those of the most lenient reader, and none is empty.
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
