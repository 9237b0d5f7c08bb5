using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>The field <c>Upgrade</c> (RFC 9110 §7.8): protocols, of which a server chooses one or more.</summary>
internal static class UpgradeField
{
    /// <summary>
    /// True for protocols that are not forwarded: other versions of HTTP, whose requests would pass unchecked, and TLS below HTTP (RFC
    /// 2817). The client continues in HTTP/1.1 if no server switches.
    /// </summary>
    public static bool IsIgnorable(ReadOnlySpan<char> protocol)
    {
        var slash = protocol.IndexOf('/');
        var name = slash < 0 ? protocol : protocol[..slash].Trim();
        return name.Equals("h2c", StringComparison.OrdinalIgnoreCase)
            || name.Equals("h2", StringComparison.OrdinalIgnoreCase)
            || name.Equals("HTTP", StringComparison.OrdinalIgnoreCase)
            || name.Equals("TLS", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Returns the protocols to forward: the lines as they came if all are; empty if none is.</summary>
    public static StringValues Forwarded(StringValues lines)
    {
        List<string> left = [];
        var isWhole = true;
        foreach (var line in lines)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                var protocol = line.AsSpan(part).Trim();
                if (protocol.IsEmpty)
                {
                    continue;
                }

                if (IsIgnorable(protocol))
                {
                    isWhole = false;
                }
                else
                {
                    left.Add(protocol.ToString());
                }
            }
        }

        return left.Count == 0 ? StringValues.Empty
            : isWhole ? lines
            : string.Join(", ", left);
    }

    /// <summary>True if a protocol was chosen, and each of those chosen was asked for.</summary>
    public static bool AreAsked(StringValues chosen, StringValues asked)
    {
        var hasOne = false;
        foreach (var line in chosen)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                var protocol = line.AsSpan(part).Trim();
                if (protocol.IsEmpty)
                {
                    continue;
                }

                hasOne = true;
                if (!Has(asked, protocol))
                {
                    return false;
                }
            }
        }

        return hasOne;
    }

    /// <summary>True if a list has a member, in any case.</summary>
    public static bool Has(StringValues lines, ReadOnlySpan<char> name)
    {
        foreach (var line in lines)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                if (line.AsSpan(part).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
