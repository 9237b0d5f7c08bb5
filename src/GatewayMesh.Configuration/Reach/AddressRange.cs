using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Configuration.Reach;

/// <summary>
/// Classifies special ranges: loopback, link-local, unspecified, multicast. An IPv4 address embedded in an IPv6 address counts as the IPv4
/// address.
/// </summary>
internal static class AddressRange
{
    // RFC 6052 §2.1: 64:ff9b::/96.
    private static ReadOnlySpan<byte> Translated => [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Special range of <paramref name="address"/>, or <see cref="ReachFault.None"/>.</summary>
    public static ReachFault Of(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return OfVersion4(address.GetAddressBytes());
        }

        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out _);
        return Embedded(address, bytes) is { } inner ? OfVersion4(bytes.Slice(inner, 4))
            : address.Equals(IPAddress.IPv6Any) ? ReachFault.Unspecified
            : IPAddress.IsLoopback(address) ? ReachFault.Loopback
            : address.IsIPv6LinkLocal || address.IsIPv6SiteLocal ? ReachFault.LinkLocal
            : address.IsIPv6Multicast ? ReachFault.Multicast
            : ReachFault.None;
    }

    /// <summary>The address itself, or the embedded IPv4 address.</summary>
    public static IPAddress Plain(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out _);
        return Embedded(address, bytes) is { } inner ? new IPAddress(bytes.Slice(inner, 4)) : address;
    }

    // Offset of an embedded IPv4 address: mapped (RFC 4291 §2.5.5.2), compatible (§2.5.5.1, except :: and ::1), translated (RFC 6052), 6to4
    // (RFC 3056).
    private static int? Embedded(IPAddress address, ReadOnlySpan<byte> bytes)
    {
        const int Last = 12;
        return address.IsIPv4MappedToIPv6 || bytes.StartsWith(Translated) ? Last
            : !bytes[..Last].ContainsAnyExcept((byte)0) && (bytes[12] | bytes[13] | bytes[14]) != 0 ? Last
            : bytes is [0x20, 0x02, ..] ? 2
            : null;
    }

    private static ReachFault OfVersion4(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [127, ..] => ReachFault.Loopback,
        [169, 254, ..] => ReachFault.LinkLocal,
        [0, ..] => ReachFault.Unspecified,
        [>= 224 and < 240, ..] or [255, 255, 255, 255] => ReachFault.Multicast,
        _ => ReachFault.None,
    };
}
