using System.Buffers;
using System.Text;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Proxy.Routing;

/// <summary>
/// The forms of a path (RFC 3986 §6.2.2), so that no spelling of it gets round a rule. What proxies and applications make of <c>//</c>, <c>/../</c>, <c>%2f</c>,
/// <c>%5c</c> and of what is encoded twice differs, so a path that holds such has several readings, and a rule must hold for each of them.
/// Pure: the same path, the same readings.
/// </summary>
public static class PathNormalization
{
    // Each pass makes a path shorter, so this bounds a path of nothing but "%25".
    private const int MostPasses = 16;

    private static readonly SearchValues<char> Suspects = SearchValues.Create("%\\");

    /// <summary>
    /// The one path that a gateway of the edge should pass on: escapes of unreserved characters decoded and the others in capitals, dot segments removed
    /// (RFC 3986 §5.2.4), then slashes merged, as Envoy does with <c>normalize_path</c> and <c>merge_slashes</c>. Escaped slashes stay. The same object when it is in this form.
    /// </summary>
    /// <param name="path">An absolute path without query.</param>
    public static string Canonical(string path) => MergeSlashes(RemoveDots(PercentEncoding.Normalize(path)));

    /// <summary>
    /// Whether applications may read it in several ways even after <see cref="Canonical"/>: it has an escaped slash or backslash, a backslash, an escaped percent
    /// sign or a NUL, or an escape that is none. An edge that wants no doubt refuses such a path with 400.
    /// </summary>
    public static bool IsAmbiguous(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        for (var at = path.AsSpan().IndexOfAny(Suspects); at >= 0 && at < path.Length; at++)
        {
            if (path[at] == '\\' || (path[at] == '%' && (!PercentEncoding.TryDecode(path, at, out var c) || c is '/' or '\\' or '%' or '\0')))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Every reading of <paramref name="path"/>, each once: in one spelling as it stands; in the form of <see cref="Canonical"/>; and decoded until nothing is left to
    /// decode, backslashes read as slashes, parameters of dot segments dropped (<c>..;</c>), with slashes merged first, and with dots removed first. One for an ordinary path.
    /// </summary>
    public static IReadOnlyList<string> Readings(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!path.AsSpan().ContainsAny(Suspects) && !HasDotsOrEmpty(path))
        {
            return [path];
        }

        var spelled = PercentEncoding.Normalize(path);
        var decoded = Decode(path);
        List<string> readings = [spelled];
        foreach (var reading in (ReadOnlySpan<string>)[MergeSlashes(RemoveDots(spelled)), MergeSlashes(RemoveDots(decoded)), RemoveDots(MergeSlashes(decoded))])
        {
            if (!readings.Contains(reading))
            {
                readings.Add(reading);
            }
        }

        return readings;
    }

    /// <summary>RFC 3986 §5.2.4 for an absolute path.</summary>
    private static string RemoveDots(string path)
    {
        if (!path.Contains("/.", StringComparison.Ordinal))
        {
            return path;
        }

        var segments = new List<string>();
        var parts = path.Split('/');
        for (var i = 1; i < parts.Length; i++)
        {
            var last = i == parts.Length - 1;
            if (parts[i] is "." or "..")
            {
                if (parts[i] == ".." && segments.Count > 0)
                {
                    segments.RemoveAt(segments.Count - 1);
                }

                if (last)
                {
                    segments.Add("");
                }
            }
            else
            {
                segments.Add(parts[i]);
            }
        }

        return "/" + string.Join('/', segments);
    }

    internal static string MergeSlashes(string path)
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

    private static string Decode(string path)
    {
        for (var pass = 0; pass < MostPasses && path.Contains('%', StringComparison.Ordinal); pass++)
        {
            var decoded = DecodeOnce(path);
            if (decoded.Length == path.Length)
            {
                break;
            }

            path = decoded;
        }

        path = path.Replace('\\', '/');
        return path.Contains("/.", StringComparison.Ordinal) && path.Contains(';', StringComparison.Ordinal)
            ? string.Join('/', path.Split('/').Select(static segment => segment.StartsWith(".;", StringComparison.Ordinal) ? "." : segment.StartsWith("..;", StringComparison.Ordinal) ? ".." : segment))
            : path;
    }

    private static string DecodeOnce(string path)
    {
        var text = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (PercentEncoding.TryDecode(path, i, out var c))
            {
                text.Append(c);
                i += 2;
            }
            else
            {
                text.Append(path[i]);
            }
        }

        return text.ToString();
    }

    private static bool HasDotsOrEmpty(string path) =>
        path.Contains("//", StringComparison.Ordinal) || path.Contains("/.", StringComparison.Ordinal);
}
