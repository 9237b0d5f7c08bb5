using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace GatewayMesh.Registry.Consul.Fronting;

/// <summary>Reads what an agent holds of a service with a <c>connect.sidecar_service</c> stanza. Pure: bytes to settings of a bootstrap.</summary>
public static class FrontedService
{
    private const string Service = "sidecar.services.0";

    /// <summary>The settings (<c>path=value</c>) that front the instance <paramref name="id"/>.</summary>
    /// <param name="id">The instance's id.</param>
    /// <param name="answer">The registrations of the kind <c>connect-proxy</c> that name it as their destination: <c>/v1/agent/services</c> with a filter.</param>
    /// <exception cref="FormatException">There is none, or more than one, or it asks for what is not supported; the message says which and what to do.</exception>
    public static ImmutableArray<string> Read(string id, ReadOnlySpan<byte> answer)
    {
        var reader = new Utf8JsonReader(answer);
        try
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var proxies = document.RootElement.EnumerateObject().Select(item => item.Value).ToList();
            return proxies.Count switch
            {
                0 => throw new FormatException($"no sidecar is registered for the service id {id}; register it with a connect.sidecar_service stanza"),
                1 => Settings(proxies[0]),
                _ => throw new FormatException($"{proxies.Count} sidecars are registered for the service id {id} ({string.Join(", ", proxies.Select(proxy => Text(proxy, "ID")))}); keep one"),
            };
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"the agent answered what Consul does not: {failure.Message}", failure);
        }
    }

    private static ImmutableArray<string> Settings(JsonElement registration)
    {
        var proxy = registration.GetProperty("Proxy");
        var address = Text(registration, "Address");
        var bind = Config(proxy, "bind_address") ?? (System.Net.IPAddress.TryParse(address, out _) ? address! : "0.0.0.0");
        var settings = ImmutableArray.CreateBuilder<string>();
        void Set(string path, string value) => settings.Add($"{path}={value}");

        var inbound = $"{(bind.Contains(':') ? $"[{bind}]" : bind)}:{Config(proxy, "bind_port") ?? Number(registration, "Port")}";
        if (inbound[0] == '[')
        {
            // A value that begins with a bracket is read as a list, so this one is said inside of another.
            Set("sidecar", $$"""{ services: [ { inbound: "{{inbound}}" } ] }""");
        }
        else
        {
            Set($"{Service}.inbound", inbound);
        }

        if (!string.IsNullOrEmpty(address))
        {
            Set("sidecar.address", address);
        }

        Set($"{Service}.name", Text(proxy, "DestinationServiceName") ?? "");
        Set($"{Service}.id", Text(proxy, "DestinationServiceID") ?? "");
        Set($"{Service}.address", Text(proxy, "LocalServiceAddress") is { Length: > 0 } local ? local : "127.0.0.1");
        Set($"{Service}.port", Number(proxy, "LocalServicePort"));
        Set($"{Service}.outbound", "127.0.0.1:15001");
        Set($"{Service}.registeredProxy", Text(registration, "ID") ?? "");
        if (Config(proxy, "protocol") is { } protocol)
        {
            Set($"{Service}.protocol", protocol);
        }

        if (proxy.TryGetProperty("Upstreams", out var upstreams) && upstreams.ValueKind == JsonValueKind.Array)
        {
            SetUpstreams(upstreams, Set);
        }

        return settings.ToImmutable();
    }

    private static void SetUpstreams(JsonElement upstreams, Action<string, string> set)
    {
        var number = 0;
        foreach (var upstream in upstreams.EnumerateArray())
        {
            var name = Text(upstream, "DestinationName") ?? "";
            if (Text(upstream, "DestinationType") is { Length: > 0 } type and not "service")
            {
                throw new FormatException($"the upstream {name} is of the type {type}, which is not supported; name a service");
            }

            if (Text(upstream, "Datacenter") is { Length: > 0 } datacenter)
            {
                throw new FormatException($"the upstream {name} is in the datacenter {datacenter}, which is not supported yet; leave it out");
            }

            var path = string.Create(CultureInfo.InvariantCulture, $"{Service}.upstreams.{number++}");
            set($"{path}.service", name);
            set($"{path}.port", Number(upstream, "LocalBindPort"));
            if (Text(upstream, "LocalBindAddress") is { Length: > 0 } local)
            {
                set($"{path}.address", local);
            }
        }
    }

    private static string? Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Number(JsonElement element, string key) => element.GetProperty(key).GetInt32().ToString(CultureInfo.InvariantCulture);

    // Opaque to Consul: people write numbers as texts and texts as numbers.
    private static string? Config(JsonElement proxy, string key) =>
        proxy.TryGetProperty("Config", out var config) && config.ValueKind == JsonValueKind.Object && config.TryGetProperty(key, out var value)
            && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : null;
}
