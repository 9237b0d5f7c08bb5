using System.Net;

namespace GatewayMesh.Configuration.Document;

/// <summary>Rules for names.</summary>
public static class Names
{
    /// <summary>Maximum length of a name.</summary>
    public const int Longest = 128;

    /// <summary>
    /// True if <paramref name="text"/> is usable as a file name, label, and host name: letters, digits, <c>-</c>, <c>_</c>, <c>.</c>; a
    /// letter or digit first and last.
    /// </summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= Longest
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && !text.Contains("..", StringComparison.Ordinal);

    /// <summary>True if <paramref name="text"/> is an IP address (v6 without brackets) or a name.</summary>
    public static bool IsHost(string text) => IsName(text) || IPAddress.TryParse(text, out _);
}
