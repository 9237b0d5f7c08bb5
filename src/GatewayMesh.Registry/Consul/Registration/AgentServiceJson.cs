using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>Writes registrations in the agent's JSON format.</summary>
internal static class AgentServiceJson
{
    // The output is not HTML, so & and + in paths stay readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body that registers <paramref name="service"/>.</summary>
    /// <param name="service">The registration.</param>
    /// <param name="isReady">
    /// True if the application is ready. Sets the initial status of new checks; an agent keeps the status of known checks.
    /// </param>
    public static byte[] Write(AgentService service, bool isReady) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("ID", service.Id);
        json.WriteString("Name", service.Name);
        if (service.Proxy is not null)
        {
            json.WriteString("Kind", "connect-proxy");
        }

        json.WriteString("Address", service.Address);
        json.WriteNumber("Port", service.Port);
        if (service.Weight != 1)
        {
            json.WriteStartObject("Weights");
            json.WriteNumber("Passing", service.Weight);
            json.WriteNumber("Warning", 1);
            json.WriteEndObject();
        }

        json.WriteStartArray("Tags");
        foreach (var tag in service.Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        json.WriteStartObject("Meta");
        foreach (var (key, value) in service.Meta)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
        if (service.Proxy is { } proxy)
        {
            WriteProxy(json, proxy);
        }

        json.WriteStartArray("Checks");
        foreach (var check in service.Checks)
        {
            WriteCheck(json, check, "CheckID", serviceId: null, isReady);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>The body that adds <paramref name="check"/> to a registration of the user (<c>PUT /v1/agent/check/register</c>).</summary>
    public static byte[] Write(AgentCheck check, string serviceId, bool isReady) =>
        Write(json => WriteCheck(json, check, "ID", serviceId, isReady));

    /// <summary>The body that updates a check (<c>PUT /v1/agent/check/update/ID</c>).</summary>
    public static byte[] Status(bool passing, string output) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("Status", passing ? "passing" : "critical");
        json.WriteString("Output", output);
        json.WriteEndObject();
    });

    private static void WriteProxy(Utf8JsonWriter json, AgentProxy proxy)
    {
        json.WriteStartObject("Proxy");
        json.WriteString("DestinationServiceName", proxy.Service);
        json.WriteString("DestinationServiceID", proxy.ServiceId);
        json.WriteString("LocalServiceAddress", proxy.Application.Host);
        json.WriteNumber("LocalServicePort", proxy.Application.Port);
        json.WriteStartObject("Config");
        json.WriteString("protocol", proxy.Protocol);
        json.WriteEndObject();
        json.WriteStartArray("Upstreams");
        foreach (var upstream in proxy.Upstreams)
        {
            json.WriteStartObject();
            json.WriteString("DestinationName", upstream.Service);
            json.WriteString("LocalBindAddress", upstream.Address.Address.ToString());
            json.WriteNumber("LocalBindPort", upstream.Address.Port);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCheck(Utf8JsonWriter json, AgentCheck check, string idKey, string? serviceId, bool isReady)
    {
        json.WriteStartObject();
        json.WriteString(idKey, check.Id);
        json.WriteString("Name", check.Name);
        WriteText(json, "ServiceID", serviceId);
        WriteText(json, "HTTP", check.Http);
        WriteText(json, "TCP", check.Tcp);
        WriteText(json, "AliasService", check.Alias);
        WriteText(json, "TTL", check.Ttl is { } ttl ? DurationText.Format(ttl) : null);
        if (check.Http is not null || check.Tcp is not null)
        {
            json.WriteString("Interval", DurationText.Format(check.Interval));
            json.WriteString("Timeout", DurationText.Format(check.Timeout));
        }

        json.WriteString("Status", isReady || !check.OfApplication ? "passing" : "critical");
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string key, string? text)
    {
        if (text is not null)
        {
            json.WriteString(key, text);
        }
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
