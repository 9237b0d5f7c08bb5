using System.Buffers;
using System.Globalization;
using System.Text;

namespace GatewayMesh.Configuration.Values;

/// <summary>Percent encoding of paths (RFC 3986 §2.1).</summary>
public static class PercentEncoding
{
    private static readonly SearchValues<char> Unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>
    /// The same path in one spelling (RFC 3986 §6.2.2.1 and §6.2.2.2): escapes of unreserved characters decoded, the others in capitals, and a percent sign that
    /// begins none escaped, so that nothing that is decoded makes a new escape. Everything else stays as it is. The same object when there is nothing to do.
    /// </summary>
    public static string Normalize(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var first = path.IndexOf('%', StringComparison.Ordinal);
        if (first < 0)
        {
            return path;
        }

        var text = new StringBuilder(path.Length).Append(path, 0, first);
        for (var i = first; i < path.Length; i++)
        {
            if (!TryDecode(path, i, out var c))
            {
                _ = path[i] == '%' ? text.Append("%25") : text.Append(path[i]);
                continue;
            }

            _ = Unreserved.Contains(c) ? text.Append(c) : text.Append(CultureInfo.InvariantCulture, $"%{(int)c:X2}");
            i += 2;
        }

        return text.Length == path.Length && text.Equals(path) ? path : text.ToString();
    }

    /// <summary>The character (one byte) whose escape begins at <paramref name="at"/>; false when none does.</summary>
    public static bool TryDecode(ReadOnlySpan<char> path, int at, out char c)
    {
        c = '\0';
        if (at + 2 >= path.Length || path[at] != '%' || !char.IsAsciiHexDigit(path[at + 1]) || !char.IsAsciiHexDigit(path[at + 2]))
        {
            return false;
        }

        c = (char)((Nibble(path[at + 1]) << 4) | Nibble(path[at + 2]));
        return true;
    }

    private static int Nibble(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
