using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GatewayMesh.Proxy.Edge;

/// <summary>How many connections each address has open, and the bound on it. One host has a whole /64 of IPv6, so that counts as one address.</summary>
/// <param name="max">Most of one address; null: no bound, and nothing is counted.</param>
internal sealed class AddressShares(int? max)
{
    private const int HostBytes = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _open = [];

    /// <summary>Addresses that have a connection.</summary>
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

    /// <summary>Counts one more connection; false when the address has as many as it may have.</summary>
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

    /// <summary>A connection that was counted is gone.</summary>
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
