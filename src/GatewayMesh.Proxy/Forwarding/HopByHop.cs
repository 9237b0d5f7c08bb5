using System.Collections.Frozen;
using GatewayMesh.Proxy.Messages;
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

    private static readonly FieldSet KnownSet = FieldSet.Of(
        KnownField.Connection,
        KnownField.KeepAlive,
        KnownField.ProxyConnection,
        KnownField.TE,
        KnownField.Trailer,
        KnownField.TransferEncoding,
        KnownField.Upgrade,
        KnownField.ProxyAuthorization,
        KnownField.ProxyAuthenticate,
        KnownField.Http2Settings);

    // Fields that frame or route the message stay, even if Connection names them.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Options = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, [.. Known, "close", "Host", "Content-Length"]).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// True for a member of <c>Connection</c> that names no field to remove: an option, a field that is hop-by-hop anyway, or a
    /// field that frames or routes the message.
    /// </summary>
    public static bool IsOptionOnly(ReadOnlySpan<char> member) => Options.Contains(member);

    /// <summary>True for a well-known field of a connection.</summary>
    public static bool Contains(KnownField field) => KnownSet.Contains(field);

    /// <summary>True if the field is dropped.</summary>
    /// <param name="name">Name of the field.</param>
    /// <param name="connection">Values of <c>Connection</c> in the same head.</param>
    public static bool Contains(string name, StringValues connection) => Known.Contains(name) || IsNamed(name, connection);

    /// <summary>True if <c>Connection</c> names at least one field to remove.</summary>
    /// <param name="connection">Values of <c>Connection</c>.</param>
    public static bool HasNames(StringValues connection)
    {
        foreach (var line in connection)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                var member = line.AsSpan(part).Trim();
                if (!member.IsEmpty && !IsOptionOnly(member))
                {
                    return true;
                }
            }
        }

        return false;
    }

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
