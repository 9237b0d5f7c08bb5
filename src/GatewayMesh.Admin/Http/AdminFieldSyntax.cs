using System.Buffers;

namespace GatewayMesh.Admin.Http;

/// <summary>Syntax of header fields (RFC 9110 §5).</summary>
public static class AdminFieldSyntax
{
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>True if the text is a field name.</summary>
    public static bool ContainsOnlyTokenCharacters(this ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Token);

    /// <summary>True if the text contains a control character other than a tab.</summary>
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
