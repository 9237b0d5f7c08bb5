using System.Text;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// A way in which applications read a path. A rule must hold for each reader, since the application's reader is unknown. Rules are read by
/// the same reader, so that decoded text is compared with decoded text.
/// </summary>
/// <param name="Decoding">Decoding of the path.</param>
internal sealed record PathReader(PathDecoding Decoding)
{
    private static readonly int[]?[] Relevant = new int[]?[(int)PathTraits.Segments << 1];

    /// <summary>
    /// All readers: every valid combination. The first takes the path literally, segment by segment. Few readers differ for a given path
    /// (<see cref="RelevantTo"/>); where there would be many, or a path climbs over more than plain segments, <see
    /// cref="PathReadings.IsTangled"/> is true.
    /// </summary>
    public static readonly PathReader[] All =
    [.. from decoding in Enum.GetValues<PathDecoding>()
        from keeps in (bool[])[true, false]
        from backslashes in (bool[])[false, true]
        from cut in Enum.GetValues<PathCut>()
        from ends in (bool[])[false, true]
        from trims in (bool[])[false, true]
        from fragments in (bool[])[false, true]
        select new PathReader(decoding)
        {
            KeepsSegments = keeps,
            Backslashes = backslashes,
            Cut = cut,
            Ends = ends,
            Trims = trims,
            Fragments = fragments,
        }];

    /// <summary>
    /// Reader for routes: decodes once, keeps escaped slashes apart, removes dot segments (RFC 3986 §5.2.4), then merges slashes, as Envoy
    /// does.
    /// </summary>
    public static readonly PathReader Canonical = new(PathDecoding.Apart);

    /// <summary>True if dot segments and empty segments are kept. Default: false.</summary>
    public bool KeepsSegments { get; init; }

    /// <summary>True if a backslash is a slash (Windows). Default: false.</summary>
    public bool Backslashes { get; init; }

    /// <summary>Time at which <c>;parameters</c> are stripped. Default: never.</summary>
    public PathCut Cut { get; init; }

    /// <summary>True if the decoded path ends at NUL (C strings), <c>?</c>, or <c>#</c>. Default: false.</summary>
    public bool Ends { get; init; }

    /// <summary>True if spaces around segments and trailing dots are stripped (file systems). Default: false.</summary>
    public bool Trims { get; init; }

    /// <summary>True if the raw path ends at <c>#</c>. Default: false.</summary>
    public bool Fragments { get; init; }

    /// <summary>Indexes of the readers that may read a path with these traits differently. The first is always 0.</summary>
    public static int[] RelevantTo(PathTraits traits) => Relevant[(int)traits] ??= FindRelevantTo(traits);

    /// <summary>Returns a request's path as this reader reads it.</summary>
    public string Read(string path)
    {
        var text = Shortened(path);
        return KeepsSegments ? text : PathSegments.MergeSlashes(PathSegments.RemoveDots(text, escaped: false));
    }

    /// <summary>
    /// Text of a denying rule: decoded but otherwise unchanged, so that a rule such as <c>/.</c> does not match every path.
    /// </summary>
    public string ReadDenied(string rule) => Decoded(PercentEncoding.EscapeNonAscii(rule));

    /// <summary>
    /// Text of an allowing rule, as this reader reads it; a request must match for every reader. Dots of a prefix are kept, since a prefix
    /// may end within a segment.
    /// </summary>
    public string ReadAllowed(string rule, bool isPrefix)
    {
        rule = PercentEncoding.EscapeNonAscii(rule);
        return !isPrefix ? Read(rule) : KeepsSegments ? Shortened(rule) : PathSegments.MergeSlashes(Shortened(rule));
    }

    /// <summary>A segment without surrounding spaces and trailing dots, unless it consists of dots only.</summary>
    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> segment)
    {
        segment = TrimBlanks(segment);
        while (segment.ContainsAnyExcept('.', ' ') && segment[^1] == '.')
        {
            segment = TrimBlanks(segment[..^1]);
        }

        return segment;
    }

    private static int[] FindRelevantTo(PathTraits traits) =>
        [.. Enumerable.Range(0, All.Length).Where(reader => (All[reader].Needs() & ~traits) == 0)];

    // Traits required for this reader to differ from the first.
    private PathTraits Needs() =>
        Decoding switch
        {
            PathDecoding.Apart => PathTraits.None,
            PathDecoding.Once => PathTraits.Escapes,
            PathDecoding.Lenient => PathTraits.Lenient,
            _ => PathTraits.Twice,
        }
        | (KeepsSegments ? PathTraits.None : PathTraits.Segments)
        | (Backslashes ? PathTraits.Backslashes : PathTraits.None)
        | (Cut == PathCut.Never ? PathTraits.None : PathTraits.Parameters)
        | (Ends ? PathTraits.Ends : PathTraits.None)
        | (Trims ? PathTraits.Trims : PathTraits.None)
        | (Fragments ? PathTraits.Fragments : PathTraits.None);

    private string Shortened(string path)
    {
        if (Fragments && path.IndexOf('#', StringComparison.Ordinal) is >= 0 and var fragment)
        {
            path = path[..fragment];
        }

        var text = Decoded(Cut == PathCut.BeforeDecoding ? WithoutParameters(path) : path);
        if (Ends && text.AsSpan().IndexOfAny('\0', '?', '#') is >= 0 and var end)
        {
            text = text[..end];
        }

        text = Cut == PathCut.AfterDecoding ? WithoutParameters(text) : text;
        return Trims ? string.Join('/', text.Split('/').Select(static segment => Trim(segment).ToString())) : text;
    }

    private string Decoded(string path)
    {
        var text = Decoding switch
        {
            PathDecoding.Apart => PercentEncoding.DecodeApart(path),
            PathDecoding.Once => PercentEncoding.Decode(path),
            PathDecoding.Twice => PercentEncoding.Decode(path, rounds: 2),
            PathDecoding.All => PercentEncoding.Decode(path, PercentEncoding.MaxRounds),
            _ => LenientEncoding.Decode(path),
        };
        return Backslashes ? text.Replace('\\', '/') : text;
    }

    private static ReadOnlySpan<char> TrimBlanks(ReadOnlySpan<char> text)
    {
        while (text is [<= ' ' or '\x7f', ..])
        {
            text = text[1..];
        }

        while (text is [.., <= ' ' or '\x7f'])
        {
            text = text[..^1];
        }

        return text;
    }

    private static string WithoutParameters(string path)
    {
        if (!path.Contains(';', StringComparison.Ordinal))
        {
            return path;
        }

        var text = new StringBuilder(path.Length);
        var inParameters = false;
        foreach (var c in path)
        {
            inParameters = c != '/' && (inParameters || c == ';');
            _ = inParameters ? text : text.Append(c);
        }

        return text.ToString();
    }
}
