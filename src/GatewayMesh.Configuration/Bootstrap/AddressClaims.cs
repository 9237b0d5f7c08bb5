using System.Net;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Every address that one process is to listen on, to find two that cannot both be bound.</summary>
internal sealed class AddressClaims
{
    private readonly List<AddressClaim> _claims = [];

    /// <summary>All of them, in the order of the file.</summary>
    public IReadOnlyList<AddressClaim> All => _claims;

    /// <summary>Claims the address that stands under <paramref name="key"/>.</summary>
    public void Add(IPEndPoint? address, MappingReader reader, string key)
    {
        if (address is not null)
        {
            _claims.Add(new AddressClaim(address, reader.LocationOf(key), reader.PathOf(key)));
        }
    }

    /// <summary>Reports each claim that clashes with an earlier one.</summary>
    public void Report(MappingReader reader)
    {
        for (var i = 0; i < _claims.Count; i++)
        {
            var claim = _claims[i];
            var earlier = _claims.FindIndex(0, i, other => Clash(other.Address, claim.Address));
            if (earlier >= 0)
            {
                var other = _claims[earlier];
                reader.Fail(claim.Location, claim.Path, $"{claim.Address} is already taken by {other.Path} ({other.Address})", "choose another port");
            }
        }
    }

    // [::] is bound dual-mode, so it takes the port of every address; 0.0.0.0 takes it of every IPv4 address.
    private static bool Clash(IPEndPoint left, IPEndPoint right) =>
        left.Port == right.Port
        && (left.Address.Equals(right.Address)
            || left.Address.Equals(IPAddress.IPv6Any) || right.Address.Equals(IPAddress.IPv6Any)
            || (left.AddressFamily == right.AddressFamily && (left.Address.Equals(IPAddress.Any) || right.Address.Equals(IPAddress.Any))));
}
