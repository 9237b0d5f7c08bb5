using System.Net;
using System.Net.Sockets;
using GatewayMesh.Client.Settings;

namespace GatewayMesh.Client.Connections;

/// <summary>
/// Resolves a gateway address from <c>gateways.json</c>, which comes from the registry. The sidecar has already checked IP addresses. Host
/// names are checked here after resolution: loopback, link-local, unspecified and multicast addresses are refused.
/// </summary>
internal static class RecordedAddress
{
    /// <summary>The checked addresses to connect to. The name is not resolved again.</summary>
    /// <param name="address">Host and port of the record.</param>
    /// <param name="resolve">Resolves a name.</param>
    /// <param name="cancellation">Cancels the resolution.</param>
    /// <exception cref="DialException">The name has only refused addresses.</exception>
    public static async ValueTask<IPAddress[]> OfAsync(
        TargetAddress address, Func<string, CancellationToken, Task<IPAddress[]>> resolve, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(address.Host, out var literal))
        {
            return [literal];
        }

        var resolved = await resolve(address.Host, cancellation).ConfigureAwait(false);
        var allowed = IsLocalhost(address.Host) ? resolved : [.. resolved.Where(each => !IsSpecial(each))];
        return allowed.Length > 0 || resolved.Length == 0 ? allowed
            : throw new DialException(FailoverReason.Untrusted,
                $"{address} resolves to {resolved[0]}, an address that registry data may not lead to.");
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
