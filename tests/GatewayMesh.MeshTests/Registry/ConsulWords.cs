using System.Text.Json;

namespace GatewayMesh.MeshTests.Registry;

/// <summary>What a Consul says of a mesh, as far as the tests ask.</summary>
internal static class ConsulWords
{
    /// <summary>The status of the check that says whether an instance's sidecar serves; empty while it is not registered.</summary>
    public static async Task<string> LiveAsync(this ConsulAgent consul, string service)
    {
        using var checks = JsonDocument.Parse(await consul.GetAsync($"/v1/health/checks/{service}-sidecar-proxy"));
        return checks.RootElement.EnumerateArray()
            .Where(check => check.GetProperty("CheckID").GetString()!.EndsWith(":live", StringComparison.Ordinal))
            .Select(check => check.GetProperty("Status").GetString()!).FirstOrDefault("");
    }

    /// <summary>Ids of all that is registered at the agent.</summary>
    public static async Task<IReadOnlyList<string>> RegisteredAsync(this ConsulAgent consul)
    {
        using var services = JsonDocument.Parse(await consul.GetAsync("/v1/agent/services"));
        return [.. services.RootElement.EnumerateObject().Select(service => service.Name)];
    }

    /// <summary>Names of the nodes that have a record.</summary>
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
