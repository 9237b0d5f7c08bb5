using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Reach;

/// <summary>
/// Where registry data may lead this node. Special ranges (loopback, link-local, unspecified, multicast) are refused, unless the node's own advertised
/// address is in the range or <c>reach</c> lists it. The node's admin address, its registry's agents and its own listeners are always refused, but for
/// inbound listeners: those are how a service of this host is called, and they lead to its application and nowhere else.
/// </summary>
public sealed class ReachRules
{
    private readonly HashSet<ReachFault> _own = [];
    private readonly ImmutableArray<IPNetwork> _listed = [];
    private readonly HashSet<HostPort> _inbound = [];
    private readonly HashSet<HostPort> _gateway = [];
    private readonly ImmutableArray<ProtectedAddress> _protected = [];
    private readonly LocalAddresses _local;
    private readonly bool _isBounded;

    private ReachRules(LocalAddresses local) => _local = local;

    private ReachRules(BootstrapSpec bootstrap, TimeProvider time, IPEndPoint? probe)
    {
        _local = new LocalAddresses(time);
        _isBounded = true;
        _listed = bootstrap.Reach;
        var advertised = AdvertisedOf(bootstrap);
        if (IsAdvertised(bootstrap) && TryLiteral(advertised, out var address) && AddressRange.Of(address) is (ReachFault.Loopback or ReachFault.LinkLocal) and var range)
        {
            _own.Add(range);
        }

        var listeners = ListenerPlan.For(bootstrap);
        _inbound = [.. listeners.Where(listener => listener.Kind == ListenerKind.Inbound).Select(listener => new HostPort(advertised, listener.Address.Port))];
        _gateway = bootstrap.Gateway is { } gateway ? [new HostPort(gateway.Address, gateway.Listen.Port), bootstrap.TunnelAddress] : [];
        _protected =
        [
            .. listeners.Where(listener => listener.Kind != ListenerKind.Inbound).Select(listener => Of(ReachFault.OwnListener, listener.Address)),
            .. probe is null ? [] : (ProtectedAddress[])[Of(ReachFault.OwnListener, probe)],
            Of(ReachFault.AdminAddress, bootstrap.Admin),
            .. (bootstrap.Registry?.Agents ?? []).Select(OfAgent),
        ];
    }

    /// <summary>No rule at all: for a data plane whose addresses are its owner's own.</summary>
    public static ReachRules Unbounded { get; } = new(new LocalAddresses(TimeProvider.System));

    /// <summary>The rules of a node.</summary>
    /// <param name="bootstrap">Its bootstrap.</param>
    /// <param name="time">Clock of the look at this host's interfaces. Default: the system's.</param>
    /// <param name="probe">The private listener at which a guard probes this process, which no bootstrap names. Default: there is none.</param>
    public static ReachRules Of(BootstrapSpec bootstrap, TimeProvider? time = null, IPEndPoint? probe = null)
    {
        ArgumentNullException.ThrowIfNull(bootstrap);
        return new ReachRules(bootstrap, time ?? TimeProvider.System, probe);
    }

    /// <summary>The host names among the protected addresses of <paramref name="port"/>, whose own addresses only a resolver knows.</summary>
    internal IEnumerable<string> ProtectedNames(int port) => _protected.Where(each => each.Port == port && each.Address is null).Select(each => each.Host!);

    /// <summary>True if the registry data is what this node itself publishes: the address of one of its own inbound listeners.</summary>
    public bool IsOwnInbound(HostPort address) => _inbound.Contains(address);

    /// <summary>
    /// The fault of a gateway's address. A gateway knows itself among the gateways: its own record is no fault, although nothing is ever dialed there (no
    /// gateway sends a request to a gateway, and <see cref="Judge(IPAddress, int, bool)"/> would refuse).
    /// </summary>
    public ReachFault JudgeGateway(HostPort address) => _gateway.Contains(address) ? ReachFault.None : Judge(address);

    /// <summary>The fault of an address as registry data writes it. A host name other than <c>localhost</c> is judged once it is resolved.</summary>
    public ReachFault Judge(HostPort address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!_isBounded)
        {
            return ReachFault.None;
        }

        if (TryLiteral(address.Host, out var literal))
        {
            return Judge(literal, address.Port, IsOwnInbound(address));
        }

        var host = address.Host.TrimEnd('.');
        return _protected.FirstOrDefault(each => each.Port == address.Port && host.Equals(each.Host, StringComparison.OrdinalIgnoreCase))?.Fault ?? ReachFault.None;
    }

    /// <summary>The fault of a resolved address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="port">The port.</param>
    /// <param name="ownInbound">Whether its name is that of an own inbound listener (<see cref="IsOwnInbound"/>), whose range does not matter.</param>
    public ReachFault Judge(IPAddress address, int port, bool ownInbound = false)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!_isBounded)
        {
            return ReachFault.None;
        }

        var plain = AddressRange.Plain(address);
        var range = AddressRange.Of(plain); // an unspecified one leads to this host itself
        foreach (var each in _protected)
        {
            if (each.Port == port && each.Address is { } known && (known.Equals(plain) || range == ReachFault.Unspecified || (each.Everywhere && _local.Has(plain))))
            {
                return each.Fault;
            }
        }

        return range == ReachFault.None || ownInbound || _own.Contains(range) || _listed.Any(network => network.Contains(plain) || network.Contains(address)) ? ReachFault.None : range;
    }

    /// <summary>
    /// The fault of an application of this host whose address a registration says (<c>--sidecar-for</c>). Loopback is where applications listen; link-local
    /// and multicast addresses, and what is protected, are no applications.
    /// </summary>
    public ReachFault JudgeApplication(HostPort address) => Judge(address) is not (ReachFault.Loopback or ReachFault.Unspecified) and var fault ? fault : ReachFault.None;

    /// <summary>Reads a literal address in any spelling that a resolver takes (<c>127.1</c>, <c>0</c>, <c>0x7f000001</c>), or <c>localhost</c>.</summary>
    internal static bool TryLiteral(string host, out IPAddress address)
    {
        var text = host.TrimEnd('.');
        if (IPAddress.TryParse(text, out var parsed))
        {
            address = parsed;
            return true;
        }

        // RFC 6761 §6.3: names under localhost are loopback whatever a resolver says; the other two stand in the hosts file of Debian.
        address = IPAddress.Loopback;
        return text.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || text.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || text.Equals("localhost.localdomain", StringComparison.OrdinalIgnoreCase)
            || text.Equals("ip6-localhost", StringComparison.OrdinalIgnoreCase)
            || text.Equals("ip6-loopback", StringComparison.OrdinalIgnoreCase);
    }

    private static string AdvertisedOf(BootstrapSpec bootstrap) =>
        bootstrap.Sidecar?.Address ?? bootstrap.Gateway?.Address ?? bootstrap.Ingress?.Address ?? "";

    // Nobody dials an ingress by its address, so most state none. The default is no advertisement where clients come from other hosts.
    private static bool IsAdvertised(BootstrapSpec bootstrap) =>
        bootstrap.Ingress is not { IsAddressStated: false } ingress || ingress.Listeners.All(listener => IPAddress.IsLoopback(listener.Address.Address));

    private static ProtectedAddress Of(ReachFault fault, IPEndPoint address) =>
        new(fault, null, AddressRange.Plain(address.Address), address.Port, address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any));

    // An agent of this host may answer on its other addresses too.
    private ProtectedAddress OfAgent(Uri agent)
    {
        var host = agent.IdnHost.Trim('[', ']');
        return TryLiteral(host, out var address)
            ? new ProtectedAddress(ReachFault.RegistryAgent, host, AddressRange.Plain(address), agent.Port, _local.Has(address))
            : new ProtectedAddress(ReachFault.RegistryAgent, host, null, agent.Port, Everywhere: false);
    }
}
