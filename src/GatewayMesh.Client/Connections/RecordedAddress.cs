using System.Net;
using System.Net.Sockets;
using GatewayMesh.Client.Settings;

namespace GatewayMesh.Client.Connections;

/// <summary>
/// The addresses of a gateway that <c>gateways.json</c> names, which is the registry's word. The sidecar has judged what stands there as an address; what
/// stands there as a name is judged here, once it is resolved: it leads to no loopback, link-local, unspecified or multicast address.
/// </summary>
internal static class RecordedAddress
{
    /// <summary>The addresses to connect to: those that were judged, not the name again.</summary>
    /// <param name="address">Host and port of the record.</param>
    /// <param name="resolve">Asks the resolver.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="DialException">The name leads nowhere else.</exception>
    public static async ValueTask<IPAddress[]> OfAsync(TargetAddress address, Func<string, CancellationToken, Task<IPAddress[]>> resolve, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(address.Host, out var literal))
        {
            return [literal];
        }

        var resolved = await resolve(address.Host, cancellation).ConfigureAwait(false);
        var judged = IsLocalhost(address.Host) ? resolved : [.. resolved.Where(each => !IsSpecial(each))];
        return judged.Length > 0 || resolved.Length == 0 ? judged
            : throw new DialException(FailoverReason.Untrusted, $"{address} resolves to {resolved[0]}, and registry data never leads to such an address.");
    }

    private static bool IsLocalhost(string host) => host.TrimEnd('.').Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsSpecial(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (plain.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return IPAddress.IsLoopback(plain) || plain.IsIPv6LinkLocal || plain.IsIPv6Multicast || plain.Equals(IPAddress.IPv6Any);
        }

        return plain.GetAddressBytes() is [127 or 0, ..] or [169, 254, ..] or [>= 224 and < 240, ..] or [255, 255, 255, 255];
    }
}
