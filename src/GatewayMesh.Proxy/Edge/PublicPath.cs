using System.Buffers;

namespace GatewayMesh.Proxy.Edge;

/// <summary>
/// The one way to write a path, so that a rule about it holds however it came (RFC 3986 §6.2.2):
/// <code>
/// /a//b, /a/./b, /a/x/../b, /a/%2e/b, /%61/b ─► /a/b        %3a ─► %3A        /../a ─► /a
/// %2f, %5c, \, %00, control characters, #, a % without two digits, /..;x/, // beside .. ─► ambiguous
/// </code>
/// Where the ambiguous is understood, readers differ: some take <c>%2f</c> for a slash, some <c>\</c>, some cut <c>;x</c> off a segment,
/// and <c>/a//../b</c> is <c>/a/b</c> to some and <c>/b</c> to others.
/// The query is left as it is.
/// </summary>
internal static class PublicPath
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~!$&'()*+,:=@|^`{}[]\"<>");

    /// <summary>How <paramref name="target"/> is written. Allocates only when there is another way to write it.</summary>
    /// <param name="target">Path and query; begins with a slash.</param>
    /// <param name="normal">The same in the normal way; <paramref name="target"/> itself where that is it, or where there is none.</param>
    public static PathForm Read(string target, out string normal)
    {
        normal = target;
        var question = target.IndexOf('?');
        var path = question < 0 ? target : target.AsSpan(0, question);
        if (target.AsSpan(path.Length).Contains('#'))
        {
            return PathForm.Ambiguous;
        }

        if (IsPlain(path))
        {
            return PathForm.Normal;
        }

        var rented = ArrayPool<char>.Shared.Rent(path.Length * 2);
        try
        {
            var decoded = rented.AsSpan(0, path.Length);
            var written = rented.AsSpan(path.Length);
            if (!TryDecode(path, decoded, out var length) || !TryResolve(decoded[..length], written, out length))
            {
                return PathForm.Ambiguous;
            }

            if (path.SequenceEqual(written[..length]))
            {
                return PathForm.Normal;
            }

            normal = string.Concat(written[..length], target.AsSpan(path.Length));
            return PathForm.Other;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    // Nearly every path: plain segments between single slashes. A dot at the beginning of a segment is looked at closely, others are plain too.
    private static bool IsPlain(ReadOnlySpan<char> path)
    {
        while (path.Length > 0)
        {
            var next = path[1..].IndexOf('/');
            var segment = next < 0 ? path[1..] : path.Slice(1, next);
            if (path[0] != '/' || (segment.IsEmpty && next >= 0) || (segment.Length > 0 && segment[0] == '.') || !IsPlainSegment(segment))
            {
                return false;
            }

            path = path[(1 + segment.Length)..];
        }

        return true;
    }

    private static bool IsPlainSegment(ReadOnlySpan<char> segment)
    {
        while (segment.IndexOfAnyExcept(Plain) is var at and >= 0)
        {
            if (segment[at] is not ('.' or ';'))
            {
                return false;
            }

            segment = segment[(at + 1)..];
        }

        return true;
    }

    /// <summary>Decodes what means the same without its percent sign (letters, digits, <c>-._~</c>), and writes the rest in capitals.</summary>
    private static bool TryDecode(ReadOnlySpan<char> path, Span<char> decoded, out int length)
    {
        length = 0;
        for (var i = 0; i < path.Length; i++)
        {
            var c = path[i];
            if (c is '\\' or '#' or < ' ' or '\x7f')
            {
                return false;
            }

            if (c != '%')
            {
                decoded[length++] = c;
                continue;
            }

            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
            {
                return false;
            }

            var value = (char)((Digit(path[i + 1]) << 4) | Digit(path[i + 2]));
            if (value is '/' or '\\' or < ' ' or '\x7f')
            {
                return false;
            }

            if (char.IsAsciiLetterOrDigit(value) || value is '-' or '.' or '_' or '~')
            {
                decoded[length++] = value;
            }
            else
            {
                decoded[length++] = '%';
                decoded[length++] = char.ToUpperInvariant(path[i + 1]);
                decoded[length++] = char.ToUpperInvariant(path[i + 2]);
            }

            i += 2;
        }

        return true;
    }

    private static int Digit(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;

    /// <summary>Leaves out empty segments and <c>.</c>, and takes back a segment for each <c>..</c>; what would go above the root stays there (RFC 3986 §5.2.4).</summary>
    private static bool TryResolve(ReadOnlySpan<char> path, Span<char> written, out int length)
    {
        length = 0;
        var (isFolder, isEmpty, goesUp) = (false, false, false);
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            isEmpty |= segment.IsEmpty && range.Start.Value > 0 && range.End.Value < path.Length;
            goesUp |= segment is "..";
            isFolder = segment is "" or "." or "..";
            if (segment.StartsWith(".;") || segment.StartsWith("..;"))
            {
                return false;
            }

            if (segment is "..")
            {
                length = Math.Max(0, written[..length].LastIndexOf('/'));
            }
            else if (!isFolder)
            {
                written[length++] = '/';
                segment.CopyTo(written[length..]);
                length += segment.Length;
            }
        }

        if (isFolder || length == 0)
        {
            written[length++] = '/';
        }

        return !(isEmpty && goesUp);
    }
}
