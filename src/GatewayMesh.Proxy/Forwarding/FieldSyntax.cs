using System.Buffers;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// The syntax of a field that is passed on (RFC 9110 §5.1 and §5.5, RFC 9113 §8.2.1): what is malformed is refused, since the next reader may repair it in another way.
/// </summary>
internal static class FieldSyntax
{
    // RFC 9110 §5.6.2
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(static c => c != '\t').Select(static c => (char)c), '\x7F']);

    // An application that reads fields as variables takes them for the fields with a dash.
    private static readonly string[] Twins = ["Content_Length", "Transfer_Encoding"];

    /// <summary>
    /// True if <paramref name="name"/> is a token that is not the underscore spelling of a field of framing, and no value holds a control character, or on HTTP/2 a blank
    /// at an end. The underscore spellings of the mesh's own fields are never passed on.
    /// </summary>
    public static bool IsValid(string name, StringValues values, bool isHttp2)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Token) || (name.Contains('_') && IsTwin(name)))
        {
            return false;
        }

        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i].AsSpan();
            if (value.ContainsAny(Controls) || (isHttp2 && value.Length > 0 && (value[0] is ' ' or '\t' || value[^1] is ' ' or '\t')))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsTwin(string name)
    {
        foreach (var twin in Twins)
        {
            if (name.Equals(twin, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
