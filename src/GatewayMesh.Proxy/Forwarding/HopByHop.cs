using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Fields that belong to one connection (RFC 9110 §7.6.1): the well-known fields and the fields named in
/// <c>Connection</c>.
/// </summary>
internal static class HopByHop
{
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Proxy-Authorization",
        "Proxy-Authenticate",
        "HTTP2-Settings");

    // Fields that frame or route the message stay, even if Connection names them.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Options = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, [.. Known, "close", "Host", "Content-Length"]).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// True for a member of <c>Connection</c> that names no field to remove: an option, a field that is hop-by-hop anyway, or a
    /// field that frames or routes the message.
    /// </summary>
    public static bool IsOptionOnly(ReadOnlySpan<char> member) => Options.Contains(member);

    /// <summary>True if the field is dropped.</summary>
    /// <param name="name">Name of the field.</param>
    /// <param name="connection">Values of <c>Connection</c> in the same head.</param>
    public static bool Contains(string name, StringValues connection) => Known.Contains(name) || IsNamed(name, connection);

    private static bool IsNamed(string name, StringValues connection)
    {
        foreach (var line in connection)
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
