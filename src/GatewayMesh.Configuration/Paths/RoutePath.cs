namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// The one reading of a path by which routes are chosen, that of <see cref="PathReader.Canonical"/>: decoded (an escaped slash stays apart from a slash), dot
/// segments removed, slashes merged. What is forwarded is the path as it came, unless a rule rewrites it.
/// </summary>
public static class RoutePath
{
    /// <summary>The path of a request's target; the same characters, without a copy, when it is in this form already.</summary>
    /// <param name="pathAndQuery">The target.</param>
    /// <param name="query">Its query without the question mark; empty when there is none.</param>
    public static ReadOnlySpan<char> Read(string pathAndQuery, out ReadOnlySpan<char> query)
    {
        ArgumentNullException.ThrowIfNull(pathAndQuery);
        var end = EndOf(pathAndQuery);
        query = end < pathAndQuery.Length && pathAndQuery[end] == '?' ? WithoutFragment(pathAndQuery.AsSpan(end + 1)) : default;
        var path = pathAndQuery.AsSpan(0, end);
        return IsPlain(path) ? path : PathReader.Canonical.Read(path.ToString());
    }

    /// <summary>A path in this form as it is written with escapes; the same characters, without a copy, when nothing in it is escaped.</summary>
    public static ReadOnlySpan<char> Written(ReadOnlySpan<char> path) => PercentEncoding.IsWritten(path) ? path : PercentEncoding.Encode(path.ToString());

    /// <summary>Where the path ends in a request's target: at its query or fragment.</summary>
    public static int EndOf(string pathAndQuery) => pathAndQuery.AsSpan().IndexOfAny('?', '#') is >= 0 and var end ? end : pathAndQuery.Length;

    /// <summary>The value of a rule for whole paths or prefixes in the same form; its dots stay, since a prefix may end within a segment.</summary>
    public static string OfRule(string value) => PathReader.Canonical.ReadAllowed(value, isPrefix: true);

    /// <summary>
    /// What stands behind the prefix of a path that matches: byte for byte as it came, its escapes too. Only where the path has dot segments, they are taken out first, or
    /// <c>/api/../x</c> would lead out of what the rule gives.
    /// </summary>
    /// <param name="path">The path as it came, without its query.</param>
    /// <param name="prefix">The prefix in the form of <see cref="OfRule"/>.</param>
    public static string Behind(string path, string prefix)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(prefix);
        if (PathSegments.HasDots(path, escaped: true))
        {
            path = PathSegments.MergeSlashes(PathSegments.RemoveDots(path, escaped: true));
        }

        // The decoded path grows by as many characters as the prefix has; what made them is left out.
        var at = 0;
        for (var seen = 0; seen < prefix.Length && at < path.Length;)
        {
            var length = CharacterAt(path, at, out var characters);
            var isRepeated = path[at] == '/' && at > 0 && path[at - 1] == '/';
            (seen, at) = (isRepeated ? seen : seen + characters, at + length);
        }

        return path[at..];
    }

    private static bool IsPlain(ReadOnlySpan<char> path) =>
        path is not ['/', ..] || (!path.Contains('%') && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal));

    private static ReadOnlySpan<char> WithoutFragment(ReadOnlySpan<char> query) => query.IndexOf('#') is >= 0 and var at ? query[..at] : query;

    // How many characters of the path, escapes included, make one of the decoded text, and how many UTF-16 units that has.
    private static int CharacterAt(string path, int at, out int units)
    {
        var end = at;
        Span<byte> bytes = stackalloc byte[4];
        var count = 0;
        while (count < bytes.Length && PercentEncoding.TryDecode(path, end, out var c))
        {
            bytes[count++] = (byte)c;
            end += 3;
        }

        units = 1;
        if (count == 0)
        {
            return 1;
        }

        if (System.Text.Rune.DecodeFromUtf8(bytes[..count], out var rune, out var length) != System.Buffers.OperationStatus.Done)
        {
            return 3; // each byte that is no UTF-8 is a character of its own
        }

        units = rune.Utf16SequenceLength;
        return length * 3;
    }
}
