using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>The <c>Via</c> field (RFC 9110 §7.6.3).</summary>
internal static class ViaField
{
    /// <summary>The field with this proxy at its end.</summary>
    /// <param name="before">What came.</param>
    /// <param name="protocol">Protocol in which the message came, e.g. <c>HTTP/1.1</c>.</param>
    /// <param name="pseudonym">Name of this proxy.</param>
    public static string Extend(StringValues before, string protocol, string pseudonym)
    {
        var version = protocol switch
        {
            "HTTP/1.1" => "1.1",
            "HTTP/2" => "2.0", // as RFC 9110 §2.5 writes it, with both digits
            _ => protocol.StartsWith("HTTP/", StringComparison.Ordinal) ? protocol[5..] : protocol,
        };
        return before.Count == 0 ? $"{version} {pseudonym}" : $"{before}, {version} {pseudonym}";
    }

    /// <summary>How often a proxy stands in it.</summary>
    public static int Count(StringValues via, string pseudonym)
    {
        var count = 0;
        foreach (var line in via)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                var member = line.AsSpan(part).Trim();
                var space = member.IndexOf(' ');
                count += space > 0 && member[(space + 1)..].TrimStart().StartsWith(pseudonym, StringComparison.OrdinalIgnoreCase)
                    && (member.Length - space - 1 == pseudonym.Length || member[space + 1 + pseudonym.Length] == ' ') ? 1 : 0;
            }
        }

        return count;
    }
}
