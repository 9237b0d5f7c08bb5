using System.Buffers;

namespace GatewayMesh.Admin;

/// <summary>Which characters header fields are made of (RFC 9110 §5).</summary>
internal static class AdminFieldSyntax
{
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>True for a field name.</summary>
    public static bool ContainsOnlyTokenCharacters(this ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Token);

    /// <summary>True when a control character other than a tab is in it.</summary>
    public static bool ContainsControlCharacters(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if ((c < ' ' && c != '\t') || c == '\x7F')
            {
                return true;
            }
        }

        return false;
    }
}
