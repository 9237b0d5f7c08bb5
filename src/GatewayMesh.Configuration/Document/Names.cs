using System.Net;

namespace GatewayMesh.Configuration.Document;

/// <summary>What may be a name.</summary>
public static class Names
{
    /// <summary>The longest name.</summary>
    public const int Longest = 128;

    /// <summary>Whether <paramref name="text"/> is fit for a file name, a label and a host name: letters, digits, <c>-</c>, <c>_</c>, <c>.</c>, at its ends a letter or digit.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= Longest
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && !text.Contains("..", StringComparison.Ordinal);

    /// <summary>Whether <paramref name="text"/> is an IP address (v6 without brackets) or a name.</summary>
    public static bool IsHost(string text) => IsName(text) || IPAddress.TryParse(text, out _);
}
