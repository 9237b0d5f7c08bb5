using System.Text;
using System.Text.Json;
using GatewayMesh.MeshTests.Edge;

namespace GatewayMesh.MeshTests.Identity;

/// <summary>Consul's own service mesh: its certificates, intentions and built-in proxy.</summary>
internal static class ConsulConnect
{
    /// <summary>
    /// Writes Consul's roots to <paramref name="folder"/> as <see cref="Roots"/>, with a certificate of <paramref name="service"/> and its
    /// key.
    /// </summary>
    public static async Task LeafAsync(this ConsulAgent consul, string service, string folder)
    {
        using var roots = JsonDocument.Parse(await consul.GetAsync("/v1/agent/connect/ca/roots"));
        using var leaf = JsonDocument.Parse(await consul.GetAsync($"/v1/agent/connect/ca/leaf/{service}"));
        await File.WriteAllTextAsync(
            Roots(folder),
            string.Concat(
                roots.RootElement.GetProperty("Roots").EnumerateArray().Select(root => root.GetProperty("RootCert").GetString())));
        await File.WriteAllTextAsync(OpenSsl.Pem(folder, service), leaf.RootElement.GetProperty("CertPEM").GetString());
        await File.WriteAllTextAsync(OpenSsl.Key(folder, service), leaf.RootElement.GetProperty("PrivateKeyPEM").GetString());
    }

    /// <summary>Name of the file with the roots.</summary>
    public static string Roots(string folder) => Path.Combine(folder, "roots.pem");

    /// <summary>Denies calls from <paramref name="source"/> to <paramref name="destination"/>. Returns the undo.</summary>
    public static async Task<Func<Task>> DenyAsync(this ConsulAgent consul, string source, string destination)
    {
        var intention = JsonSerializer.Serialize(
            new { SourceName = source, DestinationName = destination, SourceType = "consul", Action = "deny" });
        using var content = new StringContent(intention, Encoding.UTF8, "application/json");
        using var answer = await consul.Client.PostAsync(new Uri("/v1/connect/intentions", UriKind.Relative), content);
        using var made = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        var id = made.RootElement.GetProperty("ID").GetString();
        return async () =>
            _ = await consul.PutAsync($"/v1/connect/intentions/{id}", intention.Replace("deny", "allow", StringComparison.Ordinal));
    }

    /// <summary>Registers a service on 127.0.0.1 with a proxy whose check passes.</summary>
    public static Task<string> RegisterAsync(this ConsulAgent consul, string service, int port, int proxy) =>
        consul.PutAsync("/v1/agent/service/register", JsonSerializer.Serialize(new
    {
        ID = service,
        Name = service,
        Address = "127.0.0.1",
        Port = port,
        Connect = new
        {
            SidecarService = new
            {
                Address = "127.0.0.1",
                Port = proxy,
                Checks = new[] { new { Name = "passes", TTL = "1h", Status = "passing" } },
                Proxy = new { LocalServiceAddress = "127.0.0.1", Config = new { protocol = "http", bind_address = "127.0.0.1" } },
            },
        },
    }));

    /// <summary>Starts <c>consul connect proxy</c>.</summary>
    public static Task<OwnedProcess> ProxyAsync(this ConsulAgent consul, params string[] arguments) =>
        OwnedProcess.StartAsync(ConsulBinary.Path, ["connect", "proxy", $"-http-addr={consul.Address}", .. arguments]);
}
