using System.Buffers;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// The single normal form of a path at the edge, so that a rule about a path holds for every spelling (RFC 3986 §6.2.2):
/// <code>
/// /a//b, /a/./b, /a/x/../b, /a/%2e/b, /%61/b ─► /a/b        %3a ─► %3A        /../a ─► /a
/// %2f, %5c, \, %00, control characters, #, a % without two digits, /..;x/, // next to .. ─► ambiguous
/// </code>
/// Readers differ on ambiguous paths: some read <c>%2f</c> or <c>\</c> as a slash, some strip <c>;x</c> from a segment,
/// and <c>/a//../b</c> is <c>/a/b</c> to some and <c>/b</c> to others.
/// The query is unchanged.
/// </summary>
public static class PublicPath
{
    private static readonly SearchValues<char> Suspects = SearchValues.Create("%\\#");

    /// <summary>Returns the form of <paramref name="target"/>. Allocates only when the path is not in normal form, or has dots.</summary>
    /// <param name="target">Path and query, starting with a slash.</param>
    /// <param name="normal">The target in normal form; <paramref name="target"/> itself when already normal or when no normal form
    /// exists.</param>
    public static PathForm Read(string target, out string normal)
    {
        ArgumentNullException.ThrowIfNull(target);
        normal = target;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? target : target.AsSpan(0, question);
        if (target.AsSpan(path.Length).Contains('#') || HoldsDoubt(path))
        {
            return PathForm.Ambiguous;
        }

        if (!path.Contains('%') && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal))
        {
            return PathForm.Normal;
        }

        var spelled = PercentEncoding.Normalize(question < 0 ? target : path.ToString());
        if (SegmentsDiffer(spelled))
        {
            return PathForm.Ambiguous;
        }

        var written = PathSegments.MergeSlashes(PathSegments.RemoveDots(spelled, escaped: false));
        if (path.SequenceEqual(written))
        {
            return PathForm.Normal;
        }

        normal = string.Concat(written, target.AsSpan(path.Length));
        return PathForm.Other;
    }

    private static bool HoldsDoubt(ReadOnlySpan<char> path)
    {
        if (path is not ['/', ..] || path.ContainsAnyInRange('\0', '\x1f') || path.Contains('\x7f'))
        {
            return true;
        }

        for (var at = path.IndexOfAny(Suspects); at >= 0; at = path[at..].IndexOfAny(Suspects) is >= 0 and var next ? at + next : -1)
        {
            if (path[at] != '%' || !PercentEncoding.TryDecode(path, at, out var c) || c is '/' or '\\' or < ' ' or '\x7f')
            {
                return true;
            }

            at += 3;
        }

        return false;
    }

    // Dots with parameters are dots to some readers, and the segment that .. removes next to an empty segment depends on the order of the
    // two steps.
    private static bool SegmentsDiffer(string path)
    {
        var (isEmpty, goesUp) = (false, false);
        foreach (var range in path.AsSpan().Split('/'))
        {
            var segment = path.AsSpan(range);
            isEmpty |= segment.IsEmpty && range.Start.Value > 0 && range.End.Value < path.Length;
            goesUp |= segment is "..";
            if (segment.StartsWith(".;", StringComparison.Ordinal) || segment.StartsWith("..;", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return isEmpty && goesUp;
    }
}
