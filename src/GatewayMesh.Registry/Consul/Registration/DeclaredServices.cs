using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>What a node registers. Pure: equal bootstrap, equal registrations.</summary>
internal static class DeclaredServices
{
    /// <summary>Time after which whoever serves is critical when nobody vouches for it: 10 s. It is vouched for every 3 s.</summary>
    public static TimeSpan Ttl { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The registrations of a node, an instance before its sidecar.</summary>
    /// <param name="bootstrap">What the node is.</param>
    /// <param name="agentIsHere">
    /// Whether the agent runs on this host and so reaches what listens on its loopback addresses. Another agent would ask its own host
    /// instead; there the node says itself how its applications are.
    /// </param>
    public static ImmutableArray<AgentService> Of(BootstrapSpec bootstrap, bool agentIsHere)
    {
        var services = ImmutableArray.CreateBuilder<AgentService>();
        foreach (var service in bootstrap.Sidecar?.Services ?? [])
        {
            // Nobody calls an instance without a way in, and one that is in no catalogue is not looked for.
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
            services.Add(Edge(bootstrap, ingress.Service, ingress.Address, ingress.Listeners.Select(listener => listener.Port).FirstOrDefault(), []));
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
        var check = new AgentCheck(ConsulNames.HealthCheck(service.Id), $"{service.Name} is ready") { OfApplication = true, Interval = health.Interval, Timeout = health.Timeout };
        return !byAgent ? check with { Ttl = Ttl }
            : health.Http is { } path ? check with { Http = $"http://{application}{path}" }
            : check with { Tcp = application.ToString() };
    }

    private static AgentService Sidecar(BootstrapSpec bootstrap, LocalServiceSpec service)
    {
        var id = ConsulNames.ProxyId(service);
        return new AgentService(id, service.Name + ConsulNames.ProxySuffix, bootstrap.Sidecar!.Address, service.Inbound!.Port)
        {
            // Readers see a sidecar's own tags and pairs, and subsets filter by them: they are the instance's.
            Weight = service.Weight,
            Tags = service.Tags,
            Meta = Owned(bootstrap, service.Meta),
            Proxy = new AgentProxy(service.Name, service.Id, new HostPort(service.Address, service.Port), service.Protocol, service.Upstreams),
            Checks = [new AgentCheck(ConsulNames.AliasCheck(id), $"{service.Name} is well") { Alias = service.Id, OfApplication = true }, Live(id)],
        };
    }

    private static AgentService Edge(BootstrapSpec bootstrap, string service, string address, int port, IEnumerable<KeyValuePair<string, string>> meta)
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

    private static bool IsLoopback(string host) => IPAddress.TryParse(host, out var address) ? IPAddress.IsLoopback(address) : host == "localhost";
}
