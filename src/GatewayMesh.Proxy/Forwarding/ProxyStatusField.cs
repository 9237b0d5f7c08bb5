using GatewayMesh.Proxy.Errors;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Removes members that claim to be ours from an application's <c>Proxy-Status</c> (RFC 9209; a list as in RFC 9651).</summary>
internal static class ProxyStatusField
{
    /// <summary>Returns the values without members named <c>gatewaymesh</c>; empty if none are left.</summary>
    public static StringValues WithoutOurs(StringValues values)
    {
        var kept = default(StringValues);
        foreach (var line in values)
        {
            var rest = WithoutOurs(line);
            if (rest.Length > 0)
            {
                kept = StringValues.Concat(kept, rest);
            }
        }

        return kept;
    }

    private static string WithoutOurs(string? line)
    {
        if (line is null || !line.Contains(ProxyStatus.Member, StringComparison.OrdinalIgnoreCase))
        {
            return line ?? "";
        }

        return string.Join(", ", Members(line).Where(member => !IsOurs(member)));
    }

    private static bool IsOurs(string member)
    {
        var end = member.IndexOf(';');
        var name = (end < 0 ? member : member[..end]).Trim().Trim('"');
        return name.Equals(ProxyStatus.Member, StringComparison.OrdinalIgnoreCase);
    }

    // Commas within quoted strings do not separate members.
    private static IEnumerable<string> Members(string line)
    {
        var start = 0;
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    yield return line[start..i].Trim();
                    start = i + 1;
                    break;
            }
        }

        if (line[start..].Trim() is { Length: > 0 } last)
        {
            yield return last;
        }
    }
}
