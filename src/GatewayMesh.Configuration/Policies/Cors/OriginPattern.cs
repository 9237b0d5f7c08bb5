using System.Buffers;

namespace GatewayMesh.Configuration.Policies.Cors;

/// <summary>
/// Pattern of origins as the Gateway API writes it: <c>SCHEME://*.NAME</c>, with <c>:PORT</c> unless the port is the scheme's own. An
/// origin has no default port either (RFC 6454 §6.2), so scheme and port are compared as they are written.
/// </summary>
/// <param name="Scheme">The scheme with <c>://</c>.</param>
/// <param name="Ending">The name and port, from the dot after the star.</param>
internal sealed record OriginPattern(string Scheme, string Ending)
{
    private const string Star = "*";

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");

    /// <summary>Reads a pattern; false if <paramref name="text"/> is none.</summary>
    public static bool TryRead(string text, out OriginPattern? pattern)
    {
        pattern = null;
        foreach (var scheme in (ReadOnlySpan<string>)["https://", "http://"])
        {
            if (text.StartsWith(scheme + Star + ".", StringComparison.OrdinalIgnoreCase))
            {
                // An origin with one label in place of the star, without path, user, and default port.
                var one = string.Concat(scheme, "a", text.AsSpan(scheme.Length + Star.Length));
                var ending = text[(scheme.Length + Star.Length)..];
                var port = ending.IndexOf(':', StringComparison.Ordinal);
                pattern = Uri.TryCreate(one, UriKind.Absolute, out var url)
                    && one.Equals($"{url.Scheme}://{url.Authority}", StringComparison.OrdinalIgnoreCase)
                    && IsName(ending.AsSpan(1, (port >= 0 ? port : ending.Length) - 1))
                        ? new OriginPattern(scheme, ending)
                        : null;
            }
        }

        return pattern is not null;
    }

    /// <summary>True if <paramref name="origin"/> has the scheme and port, and a name below the pattern's.</summary>
    public bool Matches(string origin) =>
        origin.Length > Scheme.Length + Ending.Length
        && origin.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && origin.EndsWith(Ending, StringComparison.OrdinalIgnoreCase)
        && IsName(origin.AsSpan()[Scheme.Length..^Ending.Length]);

    private static bool IsName(ReadOnlySpan<char> text) =>
        text.Length > 0 && text[0] != '.' && text[^1] != '.' && !text.ContainsAnyExcept(NameCharacters);
}
