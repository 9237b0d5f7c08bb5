using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Headers;

namespace GatewayMesh.Configuration.Entries;

/// <summary>A service on a public port.</summary>
/// <param name="Name">Name of the service, or <c>*</c> for every service under its own name.</param>
/// <param name="Hosts">Host names in lower case: plain, <c>*.SUFFIX</c>, <c>PREFIX.*</c>, or <c>*</c>. Empty: <c>NAME</c> and
/// <c>NAME.*</c>.</param>
public sealed record IngressService(string Name, ImmutableArray<string> Hosts)
{
    private static readonly ScalarType<string> NameOrAll = ScalarTypes.Service with
    {
        Read = text => text == "*" ? Scalar.Good(text) : ScalarTypes.Service.Read(text),
    };

    private static readonly ScalarType<string> PublicHost = new("use a host such as web.example.com", ReadHost);

    /// <summary>Changes to the header fields of requests; null for none.</summary>
    public HeaderChanges? RequestHeaders { get; init; }

    /// <summary>Changes to the header fields of responses; null for none.</summary>
    public HeaderChanges? ResponseHeaders { get; init; }

    /// <summary>Declared hosts, or the default hosts.</summary>
    [JsonIgnore]
    public ImmutableArray<string> EffectiveHosts => Hosts.IsEmpty ? DefaultHosts(Name) : Hosts;

    /// <summary>Default hosts of a service.</summary>
    public static ImmutableArray<string> DefaultHosts(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        var name = service.ToLowerInvariant();
        return [name, $"{name}.*"];
    }

    internal static IngressService Bind(MappingReader reader, Dictionary<string, string> hosts)
    {
        var service = new IngressService(reader.Required("name", NameOrAll) ?? "", reader.List("hosts", PublicHost))
        {
            RequestHeaders = HeaderChanges.Bind(reader, "requestHeaders"),
            ResponseHeaders = HeaderChanges.Bind(reader, "responseHeaders"),
        };
        if (service.Name == "*")
        {
            if (!service.Hosts.IsEmpty)
            {
                reader.Fail("hosts", "the service * has the hosts NAME and NAME.* of every service", "remove hosts, or name the services");
            }

            return service;
        }

        if (service.Name.Length == 0)
        {
            return service;
        }

        foreach (var host in service.EffectiveHosts)
        {
            if (!hosts.TryAdd(host, service.Name))
            {
                reader.Fail(
                    service.Hosts.IsEmpty ? "name" : "hosts",
                    $"the host {host} is already routed to {hosts[host]} on this port",
                    "give each host to one service");
                break;
            }
        }

        return service;
    }

    private static Scalar<string> ReadHost(string text)
    {
        var host = text.ToLowerInvariant();
        var plain = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..]
            : host.EndsWith(".*", StringComparison.Ordinal) ? host[..^2]
            : host;
        return host == "*" || Names.IsHost(plain) ? Scalar.Good(host)
            : Scalar.Bad<string>(
                $"{Quoted.Of(text)} is not a host",
                text.Contains(':') ? "remove the port" : "use a host such as web.example.com, *.example.com, web.* or *");
    }
}
