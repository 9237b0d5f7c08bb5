using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Configuration.Naming;

/// <summary>
/// Names of single instances: the addresses of pods, and the host names of StatefulSets. Built at the first question, because few
/// applications call single instances and a large mesh has many.
/// </summary>
internal sealed class InstanceNames(ImmutableArray<DiscoveredService> services)
{
    private readonly Lazy<(NameTable Addresses, NameTable Hosts)> _tables = new(() => Build(services));

    /// <summary>Meaning of the address of a pod; null if no instance has the address.</summary>
    public NamedPorts? FindAddress(ReadOnlySpan<char> address) => _tables.Value.Addresses.Find(address);

    /// <summary>Meaning of <c>HOSTNAME.NAME.NAMESPACE</c>; null if there is no such instance.</summary>
    public NamedPorts? FindHost(ReadOnlySpan<char> name) => _tables.Value.Hosts.Find(name);

    private static (NameTable Addresses, NameTable Hosts) Build(ImmutableArray<DiscoveredService> services)
    {
        var addresses = new Dictionary<string, NamedPorts>(StringComparer.OrdinalIgnoreCase);
        var hosts = new Dictionary<string, NamedPorts>(StringComparer.OrdinalIgnoreCase);
        foreach (var service in DiscoveredService.WithFrontend(services))
        {
            var isDefault = !service.Name.Contains(':', StringComparison.Ordinal);
            foreach (var instance in service.Instances ?? [])
            {
                // Several services may have the same pod: the first by name counts.
                var meaning = new NamedService(service.Name, instance.Address);
                PortsOf(addresses, instance.Address.Host).Add(instance.Address.Port, meaning, isDefault: instance.Address.Port == 80);
                if (instance.Hostname is { } host)
                {
                    PortsOf(hosts, $"{host}.{ServiceNames.Base(service.Name)}").Add(service.Frontend!.Port, meaning, isDefault);
                }
            }
        }

        return (new NameTable(addresses), new NameTable(hosts));
    }

    private static NamedPorts PortsOf(Dictionary<string, NamedPorts> names, string name)
    {
        if (!names.TryGetValue(name, out var ports))
        {
            names.Add(name, ports = new NamedPorts());
        }

        return ports;
    }
}
