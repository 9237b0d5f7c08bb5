using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary>A public port.</summary>
/// <param name="Port">Port number; the bootstrap file of the ingress declares the address.</param>
/// <param name="Services">Services exposed on the port.</param>
public sealed record IngressListener(int Port, ImmutableArray<IngressService> Services)
{
    /// <summary><c>http</c> (default), <c>http2</c> or <c>grpc</c>.</summary>
    public string Protocol { get => field ?? "http"; init; } = "http";

    internal static IngressListener Bind(MappingReader reader, HashSet<int> ports)
    {
        var port = reader.Required("port", ScalarTypes.Port);
        if (port > 0 && !ports.Add(port))
        {
            reader.Fail("port", $"the port {port} is listed twice in this entry", "merge its services into one listener");
        }

        reader.NotYet("tls", "remove the key and listen in plain HTTP");
        reader.NotYet("TLS", "remove the key and listen in plain HTTP");
        var hosts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var services = reader.Items("services", item => IngressService.Bind(item, hosts));
        if (services.IsEmpty && !reader.Has("services"))
        {
            reader.Fail(reader.Location, reader.PathOf("services"), "is missing", "add a service, for example services: [ { name: web } ]");
        }

        return new IngressListener(port, services) { Protocol = reader.Optional("protocol", Protocols.OfService, "http") };
    }
}
