using System.Net;
using System.Net.NetworkInformation;

namespace GatewayMesh.Configuration.Reach;

/// <summary>Addresses of this host's network interfaces, refreshed at most once per second.</summary>
internal sealed class LocalAddresses(TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Lock _looking = new();
    private HashSet<IPAddress> _known = [];
    private long? _lookedAt;

    /// <summary>True if a connection to <paramref name="address"/> stays on this host.</summary>
    public bool Has(IPAddress address)
    {
        if (AddressRange.Of(address) is ReachFault.Loopback or ReachFault.Unspecified)
        {
            return true;
        }

        lock (_looking)
        {
            if (_lookedAt is not { } at || time.GetElapsedTime(at) >= LookAgain)
            {
                _known = Look() ?? _known;
                _lookedAt = time.GetTimestamp();
            }

            return _known.Contains(Unscoped(address));
        }
    }

    private static HashSet<IPAddress>? Look()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .SelectMany(each => each.GetIPProperties().UnicastAddresses)
                    .Select(each => Unscoped(each.Address)),
            ];
        }
        catch (NetworkInformationException)
        {
            return null; // Keep the addresses known so far.
        }
    }

    private static IPAddress Unscoped(IPAddress address) => address.IsIPv6LinkLocal ? new IPAddress(address.GetAddressBytes()) : address;
}
