using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Registry.Consul.Agents;
using GatewayMesh.Registry.Consul.Vouching;

namespace GatewayMesh.Registry.Consul.Fronting;

/// <summary>Asks the home agent for a service that its user registered. On the calling thread, with a socket alone: a guard asks this before anything else is there.</summary>
public static class FrontedLookup
{
    /// <summary>The settings that front <paramref name="id"/>.</summary>
    /// <exception cref="IOException">The agent does not answer, or refused.</exception>
    /// <exception cref="FormatException">It answers, but there is nothing to front.</exception>
    public static ImmutableArray<string> Ask(RegistrySpec registry, string id)
    {
        var access = ConsulAccess.Of(registry);
        using var link = new AgentLink(access.Agents[0], new ConsulToken(access), access.Tls);
        var filter = Uri.EscapeDataString($"Kind == \"connect-proxy\" and Proxy.DestinationServiceID == \"{id}\"");
        var answer = link.GetWhole($"/v1/agent/services?filter={filter}");
        return answer.Status == 200 ? FrontedService.Read(id, Encoding.UTF8.GetBytes(answer.Body))
            : throw new IOException($"{link.Name} answered {answer.Status}: {answer.Body.Trim()}");
    }
}
