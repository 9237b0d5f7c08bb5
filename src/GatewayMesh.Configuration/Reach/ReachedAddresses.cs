using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Reach;

/// <summary>Resolves an address from registry data to the addresses that may be dialed.</summary>
public static class ReachedAddresses
{
    /// <summary>
    /// Returns the addresses to dial, in the resolver's order. The caller must dial these and not the name: a second resolver answer may
    /// differ.
    /// </summary>
    /// <exception cref="AddressRefusedException">None of the addresses may be dialed.</exception>
    /// <exception cref="SocketException">The name does not resolve.</exception>
    public static ValueTask<IPAddress[]> OfAsync(ReachRules rules, HostPort address, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(address);
        return OfAsync(rules, address, mayBeLoopback: false, cancellation);
    }

    /// <summary>
    /// Returns the addresses to dial for a URL of a policy. As <see cref="OfAsync(ReachRules, HostPort, CancellationToken)"/>, except that
    /// the URL may name a loopback address.
    /// </summary>
    /// <exception cref="AddressRefusedException">None of the addresses may be dialed.</exception>
    /// <exception cref="SocketException">The name does not resolve.</exception>
    public static ValueTask<IPAddress[]> OfUrlAsync(ReachRules rules, HostPort address, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(address);
        var mayBeLoopback = ReachRules.TryLiteral(address.Host, out var literal) && AddressRange.Of(literal) == ReachFault.Loopback;
        return OfAsync(rules, address, mayBeLoopback, cancellation);
    }

    private static async ValueTask<IPAddress[]> OfAsync(
        ReachRules rules, HostPort address, bool mayBeLoopback, CancellationToken cancellation)
    {
        var fault = rules.FaultOf(address);
        if (fault != ReachFault.None && !(mayBeLoopback && fault == ReachFault.Loopback))
        {
            throw new AddressRefusedException(address, "", fault);
        }

        // These are the addresses of an agent with the same name; dialing by name would still ask the resolver.
        var isLiteral = IPAddress.TryParse(address.Host, out var literal);
        var names = rules.ProtectedNames(address.Port).ToList();
        if (isLiteral && names.Count == 0)
        {
            return [literal!];
        }

        IPAddress[] resolved = isLiteral ? [literal!] : await Dns.GetHostAddressesAsync(address.Host, cancellation).ConfigureAwait(false);
        var agents = new HashSet<IPAddress>();
        foreach (var name in names)
        {
            agents.UnionWith((await ResolveAsync(name, cancellation).ConfigureAwait(false)).Select(AddressRange.Plain));
        }

        var isOwnInbound = rules.IsOwnInbound(address);
        var reached = new List<IPAddress>(resolved.Length);
        var refused = (Address: "", Fault: ReachFault.None);
        foreach (var each in resolved)
        {
            var isAgent = agents.Contains(AddressRange.Plain(each));
            var why = isAgent ? ReachFault.RegistryAgent : rules.FaultOf(each, address.Port, isOwnInbound);
            if (why == ReachFault.None || (mayBeLoopback && why == ReachFault.Loopback))
            {
                reached.Add(each);
            }
            else
            {
                refused = (isLiteral ? "" : each.ToString(), why);
            }
        }

        return reached.Count > 0 ? [.. reached]
            : refused.Fault != ReachFault.None ? throw new AddressRefusedException(address, refused.Address, refused.Fault)
            : throw new SocketException((int)SocketError.HostNotFound);
    }

    private static async ValueTask<IPAddress[]> ResolveAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(name, cancellation).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return []; // An agent whose name does not resolve cannot be reached by mistake.
        }
    }
}
