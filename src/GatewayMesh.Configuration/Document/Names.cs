using System.Globalization;
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

    /// <summary>
    /// True if <paramref name="text"/> is the name of a service: a name, or <c>NAME.NAMESPACE:PORT</c> for a further port of a service in
    /// Kubernetes.
    /// </summary>
    public static bool IsService(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? IsName(text)
            : text.AsSpan(0, colon).Contains('.') && IsName(text[..colon]) && IsPort(text.AsSpan(colon + 1));
    }

    /// <summary>True if <paramref name="text"/> is an IP address (v6 without brackets) or a name.</summary>
    public static bool IsHost(string text) => IsName(text) || IPAddress.TryParse(text, out _);

    // One spelling for each port, or one service would have two names.
    private static bool IsPort(ReadOnlySpan<char> text) =>
        text is [>= '1' and <= '9', ..]
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && port < 65536;
}
