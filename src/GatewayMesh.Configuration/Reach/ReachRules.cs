using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Reach;

/// <summary>
/// Rules for addresses from registry data. Special ranges (loopback, link-local, unspecified, multicast) are refused, unless the node's own
/// advertised address is in the range or <c>reach</c> lists the range. The node's admin address, its registry's agents, and its own
/// listeners are always refused, except inbound listeners: services of this host are called through them, and they lead only to the
/// application.
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
        if (IsAdvertised(bootstrap)
            && TryLiteral(advertised, out var address)
            && AddressRange.Of(address) is (ReachFault.Loopback or ReachFault.LinkLocal) and var range)
        {
            _own.Add(range);
        }

        var listeners = ListenerPlan.For(bootstrap);
        _inbound = [
            .. listeners.Where(listener => listener.Kind == ListenerKind.Inbound).Select(
                listener => new HostPort(advertised, listener.Address.Port))];
        _gateway = bootstrap.Gateway is { } gateway ? [new HostPort(gateway.Address, gateway.Listen.Port), bootstrap.TunnelAddress] : [];
        _protected =
        [
            .. listeners.Where(listener => listener.Kind != ListenerKind.Inbound).Select(
                listener => Of(ReachFault.OwnListener, listener.Address)),
            .. probe is null ? [] : (ProtectedAddress[])[Of(ReachFault.OwnListener, probe)],
            Of(ReachFault.AdminAddress, bootstrap.Admin),
            .. (bootstrap.Registry?.Agents ?? []).Select(OfAgent),
        ];
    }

    /// <summary>No rules, for a data plane whose owner supplies the addresses.</summary>
    public static ReachRules Unbounded { get; } = new(new LocalAddresses(TimeProvider.System));

    /// <summary>Creates the rules of a node.</summary>
    /// <param name="bootstrap">Bootstrap of the node.</param>
    /// <param name="time">Clock for refreshing this host's addresses. Default: the system clock.</param>
    /// <param name="probe">Private listener for the guard's probes, which no bootstrap names. Default: none.</param>
    public static ReachRules Of(BootstrapSpec bootstrap, TimeProvider? time = null, IPEndPoint? probe = null)
    {
        ArgumentNullException.ThrowIfNull(bootstrap);
        return new ReachRules(bootstrap, time ?? TimeProvider.System, probe);
    }

    /// <summary>Host names among the protected addresses of <paramref name="port"/>, whose IP addresses only a resolver knows.</summary>
    internal IEnumerable<string> ProtectedNames(int port) =>
        _protected.Where(each => each.Port == port && each.Address is null).Select(each => each.Host!);

    /// <summary>True if the address is one of the node's own inbound listeners, as published by this node.</summary>
    public bool IsOwnInbound(HostPort address) => _inbound.Contains(address);

    /// <summary>
    /// The fault of a gateway's address. A gateway finds its own record among the gateways: this is no fault, although the address is never
    /// dialed (no gateway sends a request to a gateway, and <see cref="FaultOf(IPAddress, int, bool)"/> would refuse it).
    /// </summary>
    public ReachFault GatewayFaultOf(HostPort address) => _gateway.Contains(address) ? ReachFault.None : FaultOf(address);

    /// <summary>
    /// The fault of an address as written in registry data. A host name other than <c>localhost</c> is judged after it is resolved.
    /// </summary>
    public ReachFault FaultOf(HostPort address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!_isBounded)
        {
            return ReachFault.None;
        }

        if (TryLiteral(address.Host, out var literal))
        {
            return FaultOf(literal, address.Port, IsOwnInbound(address));
        }

        var host = address.Host.TrimEnd('.');
        return _protected.FirstOrDefault(
            each => each.Port == address.Port && host.Equals(each.Host, StringComparison.OrdinalIgnoreCase))?.Fault
            ?? ReachFault.None;
    }

    /// <summary>The fault of a resolved address.</summary>
    /// <param name="address">Address to judge.</param>
    /// <param name="port">Port to judge.</param>
    /// <param name="ownInbound">True if the name is that of an own inbound listener (<see cref="IsOwnInbound"/>); its range is then
    /// irrelevant.</param>
    public ReachFault FaultOf(IPAddress address, int port, bool ownInbound = false)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!_isBounded)
        {
            return ReachFault.None;
        }

        var plain = AddressRange.Plain(address);
        var range = AddressRange.Of(plain); // an unspecified address connects to this host
        foreach (var each in _protected)
        {
            if (each.Port == port
                && each.Address is { } known
                && (known.Equals(plain) || range == ReachFault.Unspecified || (each.Everywhere && _local.Has(plain))))
            {
                return each.Fault;
            }
        }

        return range == ReachFault.None
            || ownInbound
            || _own.Contains(range)
            || _listed.Any(network => network.Contains(plain) || network.Contains(address))
            ? ReachFault.None
            : range;
    }

    /// <summary>
    /// The fault of a local application's address, as registered (<c>--sidecar-for</c>). Applications listen on loopback; a link-local,
    /// multicast, or protected address is never an application.
    /// </summary>
    public ReachFault ApplicationFaultOf(HostPort address) =>
        FaultOf(address) is not (ReachFault.Loopback or ReachFault.Unspecified) and var fault ? fault : ReachFault.None;

    /// <summary>
    /// Reads a literal address in any spelling that a resolver accepts (<c>127.1</c>, <c>0</c>, <c>0x7f000001</c>), or <c>localhost</c>.
    /// </summary>
    internal static bool TryLiteral(string host, out IPAddress address)
    {
        var text = host.TrimEnd('.');
        if (IPAddress.TryParse(text, out var parsed))
        {
            address = parsed;
            return true;
        }

        // RFC 6761 §6.3: names under localhost are loopback regardless of the resolver; the other two are in Debian's hosts file.
        address = IPAddress.Loopback;
        return text.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || text.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || text.Equals("localhost.localdomain", StringComparison.OrdinalIgnoreCase)
            || text.Equals("ip6-localhost", StringComparison.OrdinalIgnoreCase)
            || text.Equals("ip6-loopback", StringComparison.OrdinalIgnoreCase);
    }

    private static string AdvertisedOf(BootstrapSpec bootstrap) =>
        bootstrap.Sidecar?.Address ?? bootstrap.Gateway?.Address ?? bootstrap.Ingress?.Address ?? "";

    // No node dials an ingress by its address, so most ingresses do not set one. The default does not count as advertised where clients
    // come from other hosts.
    private static bool IsAdvertised(BootstrapSpec bootstrap) =>
        bootstrap.Ingress is not { IsAddressStated: false } ingress
            || ingress.Listeners.All(listener => IPAddress.IsLoopback(listener.Address.Address));

    private static ProtectedAddress Of(ReachFault fault, IPEndPoint address) =>
        new(
            fault,
            null,
            AddressRange.Plain(address.Address),
            address.Port,
            address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any));

    // A local agent may answer on its other addresses too.
    private ProtectedAddress OfAgent(Uri agent)
    {
        var host = agent.IdnHost.Trim('[', ']');
        return TryLiteral(host, out var address)
            ? new ProtectedAddress(ReachFault.RegistryAgent, host, AddressRange.Plain(address), agent.Port, _local.Has(address))
            : new ProtectedAddress(ReachFault.RegistryAgent, host, null, agent.Port, Everywhere: false);
    }
}
