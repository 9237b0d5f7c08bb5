using GatewayMesh.Proxy.Messages;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>The <c>Via</c> field (RFC 9110 §7.6.3).</summary>
internal static class ViaField
{
    private const string Name = "Via";

    private static readonly string[] Roles = ["-sidecar", "-gateway", "-ingress"];

    /// <summary>Writes the field with this proxy appended.</summary>
    /// <param name="to">Receives the field.</param>
    /// <param name="before">Value of the received field.</param>
    /// <param name="protocol">Version of the received message.</param>
    /// <param name="pseudonym">Name of this proxy.</param>
    public static void Write<TSink>(ref TSink to, StringValues before, MessageVersion protocol, string pseudonym)
        where TSink : IFieldSink, allows ref struct
    {
        var version = protocol switch
        {
            MessageVersion.Http2 => "2.0", // RFC 9110 §2.5 requires both digits
            MessageVersion.Http10 => "1.0",
            _ => "1.1",
        };
        var (received, comma) = before.Count > 0 ? (before.ToString(), ", ") : ("", "");
        Span<char> text = stackalloc char[256];
        if (text.TryWrite($"{received}{comma}{version} {pseudonym}", out var length))
        {
            to.Add(Name, text[..length]);
        }
        else
        {
            to.Add(Name, $"{received}{comma}{version} {pseudonym}");
        }
    }

    /// <summary>
    /// Returns the field without members that name parts of the mesh by node and role. Members of an application or of a proxy in
    /// front of the application stay.
    /// </summary>
    public static StringValues WithoutNodes(StringValues via)
    {
        if (via.Count == 0)
        {
            return via;
        }

        var members = via.SelectMany(
            static line => (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        var kept = members.Where(static member => !NamesNode(member)).ToArray();
        return kept.Length == 0 ? StringValues.Empty : string.Join(", ", kept);
    }

    /// <summary>Returns the number of times that a proxy appears in the field.</summary>
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

    // "1.1 NODE-ROLE (comment)": the second word is the recipient.
    private static bool NamesNode(string member)
    {
        var parts = member.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return parts.Length < 2 || Array.Exists(Roles, role => parts[1].EndsWith(role, StringComparison.OrdinalIgnoreCase));
    }
}
