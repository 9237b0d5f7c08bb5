using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>The registrations of a node. Pure: equal bootstraps give equal registrations.</summary>
internal static class DeclaredServices
{
    /// <summary>Time without an update after which the live check is critical: 10 s. Updates come every 3 s.</summary>
    public static TimeSpan Ttl { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The registrations of a node, each instance before its sidecar.</summary>
    /// <param name="bootstrap">The node's bootstrap.</param>
    /// <param name="agentIsHere">
    /// True if the agent runs on this host and so reaches listeners on loopback addresses. Another agent would check its own host instead,
    /// so for such an agent the node reports the health of its applications itself.
    /// </param>
    public static ImmutableArray<AgentService> Of(BootstrapSpec bootstrap, bool agentIsHere)
    {
        var services = ImmutableArray.CreateBuilder<AgentService>();
        foreach (var service in bootstrap.Sidecar?.Services ?? [])
        {
            // An instance without an inbound listener receives no calls and needs no catalog entry.
            if (service.Inbound is not null)
            {
                var proxy = Sidecar(bootstrap, service);
                if (service.RegisteredProxy is null)
                {
                    services.Add(Instance(bootstrap, service, agentIsHere));
                }
                else
                {
                    proxy = proxy with { IsForeign = true, Checks = [Live(proxy.Id)] };
                }

                services.Add(proxy);
            }
        }

        if (bootstrap.Gateway is { } gateway)
        {
            services.Add(Edge(bootstrap, gateway.Service, gateway.Address, gateway.Listen.Port, [
                KeyValuePair.Create(MetaKeys.Group, gateway.Group),
                KeyValuePair.Create(MetaKeys.Tunnel, bootstrap.TunnelAddress.ToString())]));
        }

        if (bootstrap.Ingress is { } ingress)
        {
            services.Add(
                Edge(
                    bootstrap, ingress.Service, ingress.Address, ingress.Listeners.Select(listener => listener.Port).FirstOrDefault(), []));
        }

        return services.ToImmutable();
    }

    private static AgentService Instance(BootstrapSpec bootstrap, LocalServiceSpec service, bool agentIsHere) =>
        new(service.Id, service.Name, service.Address, service.Port)
        {
            Weight = service.Weight,
            Tags = service.Tags,
            Meta = Owned(bootstrap, service.Meta),
            Checks = service.Health is { } health ? [Health(service, health, agentIsHere || !IsLoopback(service.Address))] : [],
        };

    private static AgentCheck Health(LocalServiceSpec service, HealthSpec health, bool byAgent)
    {
        var application = new HostPort(service.Address, service.Port);
        var check = new AgentCheck(ConsulNames.HealthCheck(service.Id), $"{service.Name} is ready")
        {
            OfApplication = true,
            Interval = health.Interval,
            Timeout = health.Timeout,
        };
        return !byAgent ? check with { Ttl = Ttl }
            : health.Http is { } path ? check with { Http = $"http://{application}{path}" }
            : check with { Tcp = application.ToString() };
    }

    private static AgentService Sidecar(BootstrapSpec bootstrap, LocalServiceSpec service)
    {
        var id = ConsulNames.ProxyId(service);
        return new AgentService(id, service.Name + ConsulNames.ProxySuffix, bootstrap.Sidecar!.Address, service.Inbound!.Port)
        {
            // Consumers see only the sidecar's tags and metadata, and subsets filter by them, so both are copied from the instance.
            Weight = service.Weight,
            Tags = service.Tags,
            Meta = Owned(bootstrap, service.Meta),
            Proxy = new AgentProxy(
                service.Name, service.Id, new HostPort(service.Address, service.Port), service.Protocol, service.Upstreams),
            Checks =
            [
                new AgentCheck(ConsulNames.AliasCheck(id), $"{service.Name} is healthy") { Alias = service.Id, OfApplication = true },
                Live(id),
            ],
        };
    }

    private static AgentService Edge(
        BootstrapSpec bootstrap, string service, string address, int port, IEnumerable<KeyValuePair<string, string>> meta)
    {
        var id = ConsulNames.EdgeId(service, bootstrap.Node);
        return new AgentService(id, service, address, port)
        {
            Tags = [ConsulNames.TagOf(bootstrap.Role)],
            Meta = Owned(bootstrap, ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, meta)),
            Checks = [Live(id)],
        };
    }

    private static AgentCheck Live(string id) => new(ConsulNames.LiveCheck(id), "gatewaymesh serves") { Ttl = Ttl };

    private static ImmutableSortedDictionary<string, string> Owned(BootstrapSpec bootstrap, ImmutableSortedDictionary<string, string> meta)
    {
        var owned = meta.SetItem(MetaKeys.Node, bootstrap.Node).SetItem(MetaKeys.Role, ConsulNames.RoleOf(bootstrap));
        return bootstrap.Zone is { } zone ? owned.SetItem(MetaKeys.Zone, zone) : owned;
    }

    private static bool IsLoopback(string host) =>
        IPAddress.TryParse(host, out var address) ? IPAddress.IsLoopback(address) : host == "localhost";
}
