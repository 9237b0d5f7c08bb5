using System.Text;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// One way in which applications read a path. A rule must hold for each of them, since nobody knows which one an application is. Rules are read by the same reader,
/// so that decoded text is compared with decoded text.
/// </summary>
/// <param name="Rounds">How often it decodes.</param>
internal sealed record PathReader(int Rounds)
{
    /// <summary>The reader of routes: decodes once, keeps escaped slashes apart, removes dot segments (RFC 3986 §5.2.4), then merges slashes, as Envoy does.</summary>
    public static readonly PathReader Canonical = new(1) { SlashesApart = true };

    /// <summary>
    /// All of them. Where a path climbs (<c>..</c>) by more than plain segments, more readings than these exist, and <see cref="PathReadings.IsTangled"/> is true.
    /// </summary>
    public static readonly PathReader[] All =
    [
        new(1) { SlashesApart = true, KeepsSegments = true },                               // takes it as it stands, segment by segment
        Canonical,                                                                          // resolves the URL, then decodes: Go, Rails, Envoy
        new(1),                                                                             // decodes first: nginx, Express, PHP, WSGI
        new(1) { Parameters = true },                                                       // cuts ;parameters off, then decodes: servlets
        new(2),                                                                             // behind another server that has decoded already
        new(PercentEncoding.MostRounds),
        new(PercentEncoding.MostRounds) { Backslashes = true },                             // Windows
        new(PercentEncoding.MostRounds) { Backslashes = true, Parameters = true, Lenient = true }, // file systems, C strings, old decoders
        new(1) { KeepsSegments = true },                                                    // decodes, and leaves dots and empty segments to the application
        new(PercentEncoding.MostRounds) { Backslashes = true, KeepsSegments = true },
        new(1) { SlashesApart = true, Fragments = true },                                   // takes # for the end
    ];

    /// <summary>An escaped slash is part of a segment and not between two. Default: false.</summary>
    public bool SlashesApart { get; init; }

    /// <summary>Dot segments and empty ones stay. Default: false.</summary>
    public bool KeepsSegments { get; init; }

    /// <summary>A backslash is a slash. Default: false.</summary>
    public bool Backslashes { get; init; }

    /// <summary><c>;parameters</c> of segments are cut off. Default: false.</summary>
    public bool Parameters { get; init; }

    /// <summary>Ends at NUL, and at <c>?</c> and <c>#</c> that were escaped; cuts blanks and dots off the end of segments; decodes what UTF-8 forbids (<c>%c0%af</c>) and <c>%u002f</c>. Default: false.</summary>
    public bool Lenient { get; init; }

    /// <summary>The path ends at <c>#</c>. Default: false.</summary>
    public bool Fragments { get; init; }

    /// <summary>A request's path as this reader sees it.</summary>
    public string Read(string path)
    {
        if (Fragments && path.IndexOf('#', StringComparison.Ordinal) is >= 0 and var end)
        {
            path = path[..end];
        }

        var text = Decoded(Parameters && !Lenient ? WithoutParameters(path) : path);
        if (Lenient)
        {
            text = Trimmed(text);
        }

        return KeepsSegments ? text : PathSegments.MergeSlashes(PathSegments.RemoveDots(text, escaped: false));
    }

    /// <summary>The decoded text alone: nothing is resolved, cut off or trimmed.</summary>
    public string Decoded(string path)
    {
        var text = SlashesApart ? PercentEncoding.DecodeApart(path) : Lenient ? LenientEncoding.Decode(path) : PercentEncoding.Decode(path, Rounds);
        return Backslashes ? text.Replace('\\', '/') : text;
    }

    /// <summary>
    /// The text of a rule that denies: decoded, and otherwise as it is, so that a rule such as <c>/.</c> does not come to mean every path.
    /// </summary>
    public string ReadDenied(string rule) => Decoded(PercentEncoding.EscapeNonAscii(rule));

    /// <summary>The text of a rule that allows, which a request must have for every reader: as the reader sees it. Dots of a prefix stay, since a prefix may end within a segment.</summary>
    public string ReadAllowed(string rule, bool isPrefix)
    {
        rule = PercentEncoding.EscapeNonAscii(rule);
        if (!isPrefix)
        {
            return Read(rule);
        }

        var text = Decoded(Parameters && !Lenient ? WithoutParameters(rule) : rule);
        text = Lenient ? Trimmed(text) : text;
        return KeepsSegments ? text : PathSegments.MergeSlashes(text);
    }

    /// <summary>A segment as a lenient reader leaves it: without parameters, blanks around and dots behind, unless it is nothing but dots.</summary>
    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> segment)
    {
        segment = segment.IndexOf(';') is >= 0 and var at ? segment[..at] : segment;
        segment = TrimBlanks(segment);
        while (segment.ContainsAnyExcept('.', ' ') && segment[^1] == '.')
        {
            segment = TrimBlanks(segment[..^1]);
        }

        return segment;
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

    private static string Trimmed(string text)
    {
        var end = text.AsSpan().IndexOfAny('\0', '?', '#');
        var path = end < 0 ? text : text.AsSpan(0, end);
        var trimmed = new StringBuilder(path.Length);
        foreach (var range in path.Split('/'))
        {
            trimmed.Append(trimmed.Length == 0 && range.Start.Value == 0 ? "" : "/").Append(Trim(path[range]));
        }

        return trimmed.ToString();
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
