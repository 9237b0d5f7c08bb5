using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GatewayMesh.Proxy.Edge;

/// <summary>Open connections per address and their limit. An IPv6 host owns a whole /64, so a /64 counts as one address.</summary>
/// <param name="max">Maximum connections per address; null disables the limit and the counting.</param>
internal sealed class AddressShares(int? max)
{
    private const int HostBytes = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _open = [];

    /// <summary>Number of addresses with a connection.</summary>
    public int Addresses
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Counts another connection; false if the address has reached its limit.</summary>
    public bool TryEnter(IPAddress address)
    {
        if (max is not { } most)
        {
            return true;
        }

        lock (_gate)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_open, HostOf(address), out _);
            if (count >= most)
            {
                return false;
            }

            count++;
            return true;
        }
    }

    /// <summary>Uncounts a closed connection.</summary>
    public void Leave(IPAddress address)
    {
        if (max is null)
        {
            return;
        }

        lock (_gate)
        {
            var host = HostOf(address);
            if (--CollectionsMarshal.GetValueRefOrAddDefault(_open, host, out _) <= 0)
            {
                _open.Remove(host);
            }
        }
    }

    private static IPAddress HostOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[HostBytes..].Clear();
        return new IPAddress(bytes);
    }
}
