using System.Buffers;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Syntax of forwarded fields (RFC 9110 §5.1 and §5.5, RFC 9113 §8.2.1). Malformed fields are rejected because the next reader may
/// repair them differently.
/// </summary>
internal static class FieldSyntax
{
    // RFC 9110 §5.6.2
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(static c => c != '\t').Select(static c => (char)c), '\x7F']);

    // Applications that read fields as variables (CGI style) confuse these with the hyphenated fields.
    private static readonly string[] UnderscoreNames = ["Content_Length", "Transfer_Encoding"];

    /// <summary>
    /// True if <paramref name="name"/> is a token other than the underscore spelling of a framing field, and the value contains no
    /// control character or, on HTTP/2, leading or trailing whitespace. Underscore spellings of the mesh's own fields are never
    /// forwarded.
    /// </summary>
    public static bool IsValid(string name, ReadOnlySpan<char> value, bool isHttp2)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Token) || (name.Contains('_') && IsUnderscoreName(name)))
        {
            return false;
        }

        return !value.ContainsAny(Controls)
            && !(isHttp2 && value.Length > 0 && (value[0] is ' ' or '\t' || value[^1] is ' ' or '\t'));
    }

    private static bool IsUnderscoreName(string name)
    {
        foreach (var spelling in UnderscoreNames)
        {
            if (name.Equals(spelling, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
