using System.Net;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Collects the listening addresses of one process and finds pairs that cannot both be bound.</summary>
internal sealed class AddressClaims
{
    private readonly List<AddressClaim> _claims = [];

    /// <summary>All claims, in file order.</summary>
    public IReadOnlyList<AddressClaim> All => _claims;

    /// <summary>Claims the address under <paramref name="key"/>.</summary>
    public void Add(IPEndPoint? address, MappingReader reader, string key)
    {
        if (address is not null)
        {
            _claims.Add(new AddressClaim(address, reader.LocationOf(key), reader.PathOf(key)));
        }
    }

    /// <summary>Reports each claim that conflicts with an earlier one.</summary>
    public void Report(MappingReader reader)
    {
        for (var i = 0; i < _claims.Count; i++)
        {
            var claim = _claims[i];
            var earlier = _claims.FindIndex(0, i, other => Clash(other.Address, claim.Address));
            if (earlier >= 0)
            {
                var other = _claims[earlier];
                reader.Fail(
                    claim.Location, claim.Path, $"{claim.Address} is already taken by {other.Path} ({other.Address})", "use another port");
            }
        }
    }

    // [::] is bound dual-mode and takes the port on every address; 0.0.0.0 takes the port on every IPv4 address.
    private static bool Clash(IPEndPoint left, IPEndPoint right) =>
        left.Port == right.Port
        && (left.Address.Equals(right.Address)
            || left.Address.Equals(IPAddress.IPv6Any) || right.Address.Equals(IPAddress.IPv6Any)
            || (left.AddressFamily == right.AddressFamily && (left.Address.Equals(IPAddress.Any) || right.Address.Equals(IPAddress.Any))));
}
