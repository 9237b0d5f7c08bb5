using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Registry.Consul.Agents;
using GatewayMesh.Registry.Consul.Vouching;

namespace GatewayMesh.Registry.Consul.Fronting;

/// <summary>
/// Asks the home agent for a service that its user registered. Runs on the calling thread with a plain socket, because the guard calls
/// this at startup.
/// </summary>
public static class FrontedLookup
{
    /// <summary>The settings for fronting <paramref name="id"/>.</summary>
    /// <exception cref="IOException">The agent does not answer, or answers with an error.</exception>
    /// <exception cref="FormatException">The answer contains no service to front.</exception>
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
