using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace GatewayMesh.Registry.Consul.Fronting;

/// <summary>Parses an agent's registration of a <c>connect.sidecar_service</c> stanza into bootstrap settings. Pure.</summary>
public static class FrontedService
{
    private const string Service = "sidecar.services.0";

    /// <summary>The settings (<c>path=value</c>) for fronting the instance <paramref name="id"/>.</summary>
    /// <param name="id">The instance's id.</param>
    /// <param name="answer">
    /// The <c>connect-proxy</c> registrations with that instance as their destination: <c>/v1/agent/services</c> with a filter.
    /// </param>
    /// <exception cref="FormatException">
    /// There is no registration, more than one, or an unsupported one. The message names the problem and the fix.
    /// </exception>
    public static ImmutableArray<string> Read(string id, ReadOnlySpan<byte> answer)
    {
        var reader = new Utf8JsonReader(answer);
        try
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var proxies = document.RootElement.EnumerateObject().Select(item => item.Value).ToList();
            return proxies.Count switch
            {
                0 => throw new FormatException(
                    $"no sidecar is registered for the service id {id}; register it with a connect.sidecar_service stanza"),
                1 => Settings(proxies[0]),
                _ => throw new FormatException($"{proxies.Count} sidecars are registered for the service id {id} "
                    + $"({string.Join(", ", proxies.Select(proxy => Text(proxy, "ID")))}); remove all but one"),
            };
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"the agent's answer is not a valid Consul answer: {failure.Message}", failure);
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
            // A value that begins with a bracket is read as a list, so the address is wrapped in a mapping.
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
                throw new FormatException($"upstream {name} has type {type}, which is not supported; use a service");
            }

            if (Text(upstream, "Datacenter") is { Length: > 0 } datacenter)
            {
                throw new FormatException($"upstream {name} is in datacenter {datacenter}, which is not supported; remove it");
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

    private static string Number(JsonElement element, string key) =>
        element.GetProperty(key).GetInt32().ToString(CultureInfo.InvariantCulture);

    // Consul does not interpret this section, so numbers may be strings and strings may be numbers.
    private static string? Config(JsonElement proxy, string key) =>
        proxy.TryGetProperty("Config", out var config)
            && config.ValueKind == JsonValueKind.Object
            && config.TryGetProperty(key, out var value)
            && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : null;
}
