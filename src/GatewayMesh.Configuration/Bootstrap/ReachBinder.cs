using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Reach;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the key <c>reach</c>: special ranges that registry data may lead to.</summary>
internal static class ReachBinder
{
    // The first address of each special range.
    private static readonly ImmutableArray<IPAddress> Special =
    [
        IPAddress.Loopback, IPAddress.Any, IPAddress.Parse("169.254.0.0"), IPAddress.Parse("224.0.0.0"), IPAddress.Broadcast,
        IPAddress.IPv6Loopback, IPAddress.IPv6Any, IPAddress.Parse("fe80::"), IPAddress.Parse("ff00::"),
    ];

    private static readonly ScalarType<IPNetwork> Range = ScalarTypes.Network.Where(
        IsSpecial,
        "contains no loopback, link-local, unspecified or multicast address",
        "remove the range; reach permits only special ranges such as 127.0.0.0/8, all others are permitted already");

    public static ImmutableArray<IPNetwork> Bind(MappingReader reader) => reader.List("reach", Range);

    private static bool IsSpecial(IPNetwork network) =>
        AddressRange.Of(network.BaseAddress) != ReachFault.None
        || Special.Any(special => special.AddressFamily == network.BaseAddress.AddressFamily && network.Contains(special));
}
