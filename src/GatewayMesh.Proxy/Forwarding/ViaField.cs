using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>The <c>Via</c> field (RFC 9110 §7.6.3).</summary>
internal static class ViaField
{
    private static readonly string[] Roles = ["-sidecar", "-gateway", "-ingress"];

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

    /// <summary>The field without members that name parts of the mesh by node and role; what an application or a proxy before it says of itself stays.</summary>
    public static StringValues WithoutNodes(StringValues via)
    {
        if (via.Count == 0)
        {
            return via;
        }

        var members = via.SelectMany(static line => (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        var kept = members.Where(static member => !NamesNode(member)).ToArray();
        return kept.Length == 0 ? StringValues.Empty : string.Join(", ", kept);
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

    // "1.1 NODE-ROLE (comment)": the second word is who received the message.
    private static bool NamesNode(string member)
    {
        var words = member.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length < 2 || Array.Exists(Roles, role => words[1].EndsWith(role, StringComparison.OrdinalIgnoreCase));
    }
}
