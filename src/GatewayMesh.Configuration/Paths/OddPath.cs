namespace GatewayMesh.Configuration.Paths;

/// <summary>A path that applications may read in several ways, with what each reader makes of it. Read once a decision; what is asked for later is made then.</summary>
internal sealed class OddPath
{
    // A path that is encoded more often than this is nobody's honest one.
    private const int MostDepth = 3;

    private readonly string[] _texts = new string[PathReader.All.Length];
    private readonly string?[] _encoded = new string?[PathReader.All.Length];

    public OddPath(string path)
    {
        Raw = path;
        for (var i = 0; i < _texts.Length; i++)
        {
            var text = PathReader.All[i].Read(path);
            var same = Array.IndexOf(_texts, text, 0, i);
            _texts[i] = same < 0 ? text : _texts[same];
        }

        IsTangled = Tangled(path);
    }

    /// <summary>The path as it came.</summary>
    public string Raw { get; }

    /// <inheritdoc cref="PathReadings.IsTangled"/>
    public bool IsTangled { get; }

    /// <summary>What reader number <paramref name="reader"/> sees.</summary>
    public string Text(int reader) => _texts[reader];

    /// <summary>The same, written as a path.</summary>
    public string Encoded(int reader) => _encoded[reader] ??= PercentEncoding.Encode(_texts[reader]);

    /// <summary>True if a reader with a lower number sees the same.</summary>
    public bool Repeats(int reader) => Array.IndexOf(_texts, _texts[reader]) < reader;

    // The way up is clear where the segments of the path as it came are those that the most lenient reader finds, none of them empty.
    private static bool Tangled(string path)
    {
        if (PercentEncoding.Depth(path) > MostDepth)
        {
            return true;
        }

        var lenient = LenientEncoding.Decode(path).Replace('\\', '/');
        var (ups, isClear) = (0, !lenient.AsSpan().ContainsAny('\0', '?', '#'));
        foreach (var range in lenient.AsSpan().Split('/'))
        {
            var segment = PathReader.Trim(lenient.AsSpan(range));
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
