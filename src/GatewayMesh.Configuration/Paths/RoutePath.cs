namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// The reading of a path by which routes are chosen, that of <see cref="PathReader.Canonical"/>: decoded (an escaped slash stays distinct
/// from a slash), dot segments removed, slashes merged. The path is forwarded as received, unless a rule rewrites it.
/// </summary>
public static class RoutePath
{
    /// <summary>Returns the path of a request target; the same characters, without a copy, when already in this form.</summary>
    /// <param name="pathAndQuery">Request target.</param>
    /// <param name="query">Query without the question mark; empty when absent.</param>
    public static ReadOnlySpan<char> Read(string pathAndQuery, out ReadOnlySpan<char> query)
    {
        ArgumentNullException.ThrowIfNull(pathAndQuery);
        var end = EndOf(pathAndQuery);
        query = end < pathAndQuery.Length && pathAndQuery[end] == '?' ? WithoutFragment(pathAndQuery.AsSpan(end + 1)) : default;
        var path = pathAndQuery.AsSpan(0, end);
        return IsPlain(path) ? path : PathReader.Canonical.Read(path.ToString());
    }

    /// <summary>Encodes a path in this form; returns the same characters, without a copy, when nothing needs an escape.</summary>
    public static ReadOnlySpan<char> Written(ReadOnlySpan<char> path) =>
        PercentEncoding.IsWritten(path) ? path : PercentEncoding.Encode(path.ToString());

    /// <summary>End of the path in a request target: its query or fragment.</summary>
    public static int EndOf(string pathAndQuery) =>
        pathAndQuery.AsSpan().IndexOfAny('?', '#') is >= 0 and var end ? end : pathAndQuery.Length;

    /// <summary>
    /// Returns the value of a rule for whole paths or prefixes in the same form; dots are kept, since a prefix may end within a segment.
    /// </summary>
    public static string OfRule(string value) => PathReader.Canonical.ReadAllowed(value, isPrefix: true);

    /// <summary>
    /// Returns the part of a matching path after the prefix, byte for byte as received, with its escapes. Dot segments are removed first,
    /// since <c>/api/../x</c> would otherwise escape the rule's prefix.
    /// </summary>
    /// <param name="path">Path as received, without its query.</param>
    /// <param name="prefix">Prefix in the form of <see cref="OfRule"/>.</param>
    public static string Behind(string path, string prefix)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(prefix);
        if (PathSegments.HasDots(path, escaped: true))
        {
            path = PathSegments.MergeSlashes(PathSegments.RemoveDots(path, escaped: true));
        }

        // Consume raw characters until the decoded path is as long as the prefix; the rest is the result.
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
        path is not ['/', ..]
            || (!path.Contains('%') && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal));

    private static ReadOnlySpan<char> WithoutFragment(ReadOnlySpan<char> query) =>
        query.IndexOf('#') is >= 0 and var at ? query[..at] : query;

    // Number of raw characters, escapes included, that form one decoded character, and its number of UTF-16 units.
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
            return 3; // each byte that is not UTF-8 is a separate character
        }

        units = rune.Utf16SequenceLength;
        return length * 3;
    }
}
