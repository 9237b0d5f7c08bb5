using System.Text;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// Removal of dot segments and empty segments. Pure text; nothing is decoded except the dots of a path that is still escaped.
/// </summary>
internal static class PathSegments
{
    /// <summary>Removes dot segments from an absolute path (RFC 3986 §5.2.4); returns the same object when there are none.</summary>
    /// <param name="path">The path.</param>
    /// <param name="escaped">True if the path is escaped, so that <c>%2e</c> is a dot (RFC 3986 §6.2.2.2). In decoded text <c>%2e</c> is
    /// three characters.</param>
    public static string RemoveDots(string path, bool escaped)
    {
        if (!path.StartsWith('/') || !HasDots(path, escaped))
        {
            return path;
        }

        var kept = new List<Range>();
        var segments = path.AsSpan(1).Split('/');
        var endsAsFolder = false;
        foreach (var range in segments)
        {
            var dots = Dots(path.AsSpan(1)[range], escaped);
            endsAsFolder = dots > 0;
            if (dots == 0)
            {
                kept.Add(range);
            }
            else if (dots == 2 && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
        }

        var text = new StringBuilder(path.Length);
        foreach (var range in kept)
        {
            text.Append('/').Append(path.AsSpan(1)[range]);
        }

        return endsAsFolder || text.Length == 0 ? text.Append('/').ToString() : text.ToString();
    }

    /// <summary>Merges each run of slashes; returns the same object when there is none.</summary>
    public static string MergeSlashes(string path)
    {
        if (!path.Contains("//", StringComparison.Ordinal))
        {
            return path;
        }

        var text = new StringBuilder(path.Length);
        foreach (var c in path)
        {
            if (c != '/' || text.Length == 0 || text[^1] != '/')
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    /// <summary>True if a segment is <c>.</c> or <c>..</c>.</summary>
    public static bool HasDots(ReadOnlySpan<char> path, bool escaped)
    {
        foreach (var range in path.Split('/'))
        {
            if (Dots(path[range], escaped) > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>1 for <c>.</c>, 2 for <c>..</c>, 0 for any other segment.</summary>
    public static int Dots(ReadOnlySpan<char> segment, bool escaped)
    {
        var dots = 0;
        while (!segment.IsEmpty)
        {
            var length = segment[0] == '.' ? 1 : escaped && PercentEncoding.TryDecode(segment, 0, out var c) && c == '.' ? 3 : 0;
            if (length == 0 || ++dots > 2)
            {
                return 0;
            }

            segment = segment[length..];
        }

        return dots;
    }
}
