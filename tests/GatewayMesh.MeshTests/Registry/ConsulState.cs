using System.Text.Json;

namespace GatewayMesh.MeshTests.Registry;

/// <summary>State of a mesh in Consul, as far as the tests need it.</summary>
internal static class ConsulState
{
    /// <summary>Status of the check of an instance's sidecar; empty while not registered.</summary>
    public static async Task<string> LiveAsync(this ConsulAgent consul, string service)
    {
        using var checks = JsonDocument.Parse(await consul.GetAsync($"/v1/health/checks/{service}-sidecar-proxy"));
        return checks.RootElement.EnumerateArray()
            .Where(check => check.GetProperty("CheckID").GetString()!.EndsWith(":live", StringComparison.Ordinal))
            .Select(check => check.GetProperty("Status").GetString()!).FirstOrDefault("");
    }

    /// <summary>Ids of all services registered at the agent.</summary>
    public static async Task<IReadOnlyList<string>> RegisteredAsync(this ConsulAgent consul)
    {
        using var services = JsonDocument.Parse(await consul.GetAsync("/v1/agent/services"));
        return [.. services.RootElement.EnumerateObject().Select(service => service.Name)];
    }

    /// <summary>Names of the nodes with a record.</summary>
    public static async Task<IReadOnlyList<string>> NodesAsync(this ConsulAgent consul)
    {
        using var answer = await consul.Client.GetAsync(new Uri("/v1/kv/gatewaymesh/nodes/?keys", UriKind.Relative));
        if (!answer.IsSuccessStatusCode)
        {
            return [];
        }

        using var keys = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return [.. keys.RootElement.EnumerateArray().Select(key => key.GetString()!["gatewaymesh/nodes/".Length..])];
    }
}
